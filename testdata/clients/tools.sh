#!/bin/sh
# What the tests need besides Go: a C compiler for the race detector, the SOAP
# toolkits of the clients in this folder, a browser for the page, with the font
# that its pictures are taken with, the shells that complete commands, and
# PostgreSQL for the store that servers share. Installs only what is missing,
# from Debian and npm; with --interop also what the clients in interop need, from
# Debian and PyPI. With --check it installs nothing. Where it may not install,
# it prints the line to run and fails.
set -eu
cd "$(dirname "$0")"
check=
interop=
for option in "$@"; do
	case $option in
	--check) check=yes ;;
	--interop) interop=yes ;;
	*) echo "usage: tools.sh [--check] [--interop]" >&2; exit 2 ;;
	esac
done

# The folder's Python is Debian's, whichever another comes first on the PATH.
python=/usr/bin/python3

has() { command -v "$1"; }
has_headers() { echo '#include <stdlib.h>' | gcc -E -; }
has_module() { "$python" -c "import importlib.util, sys; sys.exit(importlib.util.find_spec('$1') is None)"; }
has_perl() { perl -e "exit !grep { -e qq(\$_/$1) } @INC"; }
has_postgres() { ls /usr/lib/postgresql/*/bin/initdb; }
has_extension() { php -r "exit(extension_loaded('$1') ? 0 : 1);"; }

# need PACKAGE COMMAND...: the Debian package is missing if the command fails.
need() {
	package=$1
	shift
	"$@" >/dev/null 2>&1 || missing="$missing $package"
}

find_missing() {
	missing=
	need curl has curl
	need slapd test -x /usr/sbin/slapd
	need openssl has openssl
	need gcc has gcc
	need libc6-dev has_headers
	need g++ has g++
	need gsoap has soapcpp2
	need libgsoap-dev test -e /usr/include/stdsoap2.h
	need libssl-dev test -e /usr/include/openssl/bn.h
	need python3-zeep has_module zeep
	need python3-requests has_module requests
	need python3-cryptography has_module cryptography
	need python3-pytest has_module pytest
	need php-cli has php
	need php-soap has_extension soap
	need php-gmp has_extension gmp
	need php-xml has_extension simplexml
	need ruby has ruby
	need ruby-nori ruby -e "require 'nori'"
	need ruby-rexml ruby -e "require 'rexml/document'"
	need libsoap-lite-perl has_perl SOAP/Lite.pm
	need libsoap-wsdl-perl has wsdl2perl
	need default-jdk-headless has javac
	need junit5 test -e /usr/share/java/junit-platform-console-standalone.jar
	need libaxis-java test -e /usr/share/java/axis.jar
	need libjaxws-java test -e /usr/share/java/jaxws-tools.jar
	need libkdsoap-bin has kdwsdl2cpp
	need libkdsoap-dev test -e /usr/include/KDSoapClient
	need pkg-config has pkg-config
	need nodejs has node
	need zsh has zsh
	need fish has fish
	need chromium has chromium
	need git has git
	need dpkg has dpkg
	need systemd has systemd-analyze
	need mandoc has mandoc
	need e2fsprogs has mkfs.ext4
	need mount has mount
	need pskctool has pskctool
	need prometheus has promtool
	need postgresql has_postgres
	need fonts-inter test -e /usr/share/fonts/opentype/inter
	modules_installed || need npm has npm
	if [ -n "$interop" ]; then
		need maven has mvn
		need python3-venv has_module ensurepip
	fi
}

# The lock file that npm installed from is kept beside what it installed.
modules_installed() { cmp -s node/package-lock.json node/node_modules/.installed-lock.json; }

# Likewise the list that pip installed.
venv_installed() { cmp -s interop/requirements.txt interop/.venv/installed.txt; }

may_not() {
	echo "The tests with real clients need what is missing here: $1." >&2
	echo "$3 run:" >&2
	echo "    $2" >&2
	exit 1
}

# quietly COMMAND...: what it prints matters only if it fails.
quietly() {
	log=$(mktemp)
	if "$@" >"$log" 2>&1; then
		rm -f "$log"
	else
		cat "$log" >&2
		rm -f "$log"
		return 1
	fi
}

install_packages() {
	apt-get update
	DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends "$@"
}

debian() {
	line="apt-get update && apt-get install -y --no-install-recommends$missing"
	if [ -n "$check" ] || [ "$(id -u)" != 0 ] || ! has apt-get >/dev/null; then
		may_not "the Debian packages$missing" "$line" "As root, on Debian,"
	fi
	echo "installing from Debian:$missing"
	# shellcheck disable=SC2086 # a list of words
	quietly install_packages $missing || may_not "the Debian packages$missing" "$line" "As root, with Debian's packages in reach,"
	find_missing
	[ -z "$missing" ] || may_not "still$missing, although its package is installed" "$line" "As root, on Debian,"
}

install_modules() {
	npm ci --prefix node && cp node/package-lock.json node/node_modules/.installed-lock.json
}

modules() {
	line="npm ci --prefix $PWD/node && make tools"
	[ -z "$check" ] || may_not "the npm package soap" "make tools" "In the project's folder,"
	echo "installing from npm: soap, into $PWD/node/node_modules"
	quietly install_modules || may_not "the npm package soap" "$line" "With the npm registry in reach,"
}

install_venv() {
	rm -rf interop/.venv
	"$python" -m venv interop/.venv
	interop/.venv/bin/pip install --quiet --disable-pip-version-check -r interop/requirements.txt
	cp interop/requirements.txt interop/.venv/installed.txt
}

venv() {
	[ -z "$check" ] || may_not "what interop/requirements.txt lists" "make interop" "In the project's folder,"
	echo "installing from PyPI: interop/requirements.txt, into $PWD/interop/.venv"
	quietly install_venv || may_not "what interop/requirements.txt lists" "make interop" "With PyPI in reach,"
}

find_missing
[ -z "$missing" ] || debian
modules_installed || modules
[ -z "$interop" ] || venv_installed || venv
