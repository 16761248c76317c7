# Completes dsappd in bash. Load it with: source <(dsappd completion bash)

_dsappd() {
	local line program=${COMP_WORDS[0]/#\~/$HOME}
	COMPREPLY=()
	while IFS= read -r line; do
		COMPREPLY+=("${line%%$'\t'*}")
	done < <("$program" complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}

complete -o default -F _dsappd dsappd
