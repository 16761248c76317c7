# Completes dsappd in fish. Load it with: dsappd completion fish | source

function __dsappd_candidates
	set -l words (commandline -opc)
	set -l program (string replace -r '^~' $HOME -- $words[1])
	set -e words[1]
	set -g __dsappd_found ($program complete -- $words (commandline -ct) 2>/dev/null)
	test (count $__dsappd_found) -gt 0
end

complete -c dsappd -n __dsappd_candidates -f -a '$__dsappd_found'
