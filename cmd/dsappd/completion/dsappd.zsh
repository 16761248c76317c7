#compdef dsappd
# Completes dsappd in zsh. Load it with: source <(dsappd completion zsh)

_dsappd() {
	local line program=${words[1]/#\~/$HOME}
	local -a candidates
	for line in "${(@f)$("$program" complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
		[[ -n $line ]] && candidates+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
	done
	if (( $#candidates )); then
		_describe -t values 'dsappd' candidates
	else
		_files
	fi
}

if [[ ${funcstack[1]} == _dsappd ]]; then
	_dsappd
else
	compdef _dsappd dsappd
fi
