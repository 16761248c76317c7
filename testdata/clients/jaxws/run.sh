#!/bin/sh
# Builds the client from the WSDL of the running server, as users of JAX-WS do,
# in a folder of its own, and runs it. Usage: run.sh http://127.0.0.1:PORT/?wsdl
# Over TLS, CA names the file of the certificate to trust.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
built=$(mktemp -d)
trap 'rm -rf "$built"' EXIT
cd "$built"
jars=/usr/share/java
# The virtual machines are short-lived: no time for the second compiler.
java="java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
if [ -n "${CA-}" ]; then
	keytool -importcert -noprompt -alias ca -file "$CA" -keystore trust.p12 -storepass changeit 2>/dev/null
	java="$java -Djavax.net.ssl.trustStore=$built/trust.p12 -Djavax.net.ssl.trustStorePassword=changeit"
fi
mkdir made classes
$java -cp $jars/jaxws-tools.jar:$jars/jaxws-rt.jar com.sun.tools.ws.WsImport -Xnocompile -quiet -s made -d made "$1"
curl --silent --fail ${CA:+--cacert "$CA"} -o provisioning.wsdl "$1"
# The packages were called javax before version 3.
sed -E 's/^import jakarta\./import javax./' "$here/Client.java" >Client.java
javac -J-XX:TieredStopAtLevel=1 -encoding UTF-8 -nowarn -cp $jars/jaxws-rt.jar -d classes -sourcepath "made:$here/../java:$here/../jaxb" Client.java
$java -cp classes:$jars/jaxws-rt.jar Client provisioning.wsdl "${1%%\?*}"
