#!/bin/sh
# Generates the classes of SOAP::WSDL from a saved copy of the WSDL of the
# running server, in a folder of its own, and calls the server through them.
# Usage: generated.sh http://127.0.0.1:PORT/?wsdl
set -eu
here=$(cd "$(dirname "$0")" && pwd)
built=$(mktemp -d)
trap 'rm -rf "$built"' EXIT
cd "$built"
curl --silent --fail -o provisioning.wsdl "$1"
wsdl2perl --prefix My --base_path . "file://$built/provisioning.wsdl" 2>&1 | grep -v '^Creating ' >warnings || true
# It warns of every import without a location. The WSDL holds what they name.
if grep -v '^cannot import document for namespace .* without location' warnings; then
	echo "wsdl2perl warns of something" >&2
	exit 1
fi
perl -I. "$here/generated.pl" "${1%%\?*}"
