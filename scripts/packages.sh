# Which Debian packages are needed for what, and how to get those that are missing.  Sourced by run.sh and test.sh.

PACKAGES_BUILD="meson ninja-build pkg-config gcc libc6-dev python3 python3-yaml git ca-certificates tzdata
	libcmocka-dev libevent-dev libfyaml-dev libjansson-dev libsqlite3-dev libsystemd-dev libmnl-dev libzip-dev zlib1g-dev libxlsxwriter-dev libqrencode-dev libexpat1-dev
	libssl-dev libcurl4-openssl-dev openssl"
PACKAGES_QUICK="curl bsdutils binutils"
PACKAGES_TEST="clang-14 libclang-rt-14-dev clang-format-14 clang-tidy-14 cppcheck scdoc curl jq sqlite3 procps iproute2
	systemd systemd-journal-remote rsyslog rsyslog-openssl python3-aiosmtpd prometheus-alertmanager openssl netcat-openbsd bsdutils dnsmasq-base udhcpc ethtool iputils-ping util-linux passwd
	python3-jsonschema python3-openpyxl libreoffice-calc chromium"

say() {
	printf '%s\n' "$*" >&2
}

# Prints those of the packages that are not installed.
packages_missing() {
	for package in "$@"; do
		dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -q '^installed$' || printf '%s ' "$package"
	done
}

# Installs what is missing; says what it would need when it is not root.
packages_need() {
	missing=$(packages_missing "$@")
	[ -z "$missing" ] && return 0
	if ! command -v apt-get >/dev/null; then
		say "Debian 以外の環境です。次に相当するものを入れてください / not Debian; please install the like of: $missing"
		return 69
	fi
	if [ "$(id -u)" != 0 ]; then
		say "不足しているパッケージがあります。root で次を実行してください / packages are missing; as root, run:"
		say "  apt-get install --no-install-recommends $missing"
		return 77
	fi
	say "不足しているパッケージを入れます / installing what is missing: $missing"
	log=$(mktemp)
	if ! { apt-get -o DPkg::Lock::Timeout=600 -q update &&
		DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 -q -y --no-install-recommends install $missing; } \
		>"$log" 2>&1 </dev/null; then
		tail -n 20 "$log" >&2
		say "パッケージを入れられませんでした。ネットワークと /etc/apt/sources.list を確かめてください / apt-get failed (see above)"
		rm -f "$log"
		return 69
	fi
	rm -f "$log"
}
