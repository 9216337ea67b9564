# Sourced by every script that waits for something, so that there is one way of waiting.  sh.

# until_ok SECONDS COMMAND...: tries until it succeeds; 1 when the time is up.  PAUSE (0.02 s) lies between tries.
until_ok() {
	local end
	end=$(($(date +%s) + $1 + 1))
	shift
	until "$@"; do
		[ "$(date +%s)" -lt "$end" ] || return 1
		sleep "${PAUSE:-0.02}"
	done
}
