package main

import (
	"fmt"

	"github.com/dsappd/dsappd/internal/hint"
	"github.com/dsappd/dsappd/internal/lab"

	"github.com/dsappd/dsappd"
)

// The lines around a session that is meant to be pasted.
const (
	sessionBegins = "----- paste into bash -----"
	sessionEnds   = "----- to here -----"
)

// curlSession registers user2 and activates twice, with the first two
// one-time passwords of RFC 4226, appendix D. Its one verb is the URL.
const curlSession = `ask() { curl -sS -H 'Content-Type: text/xml; charset=utf-8' --data-binary @- %s; echo; }

register() { ask <<'END'
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">
  <soapenv:Body>
    <prov:dsappSRPRegister xmlns:prov="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning">
      <componentType>srp-direct</componentType>
      <user><userID>user2</userID></user>
      <credential><staticPassword>Password2</staticPassword></credential>
    </prov:dsappSRPRegister>
  </soapenv:Body>
</soapenv:Envelope>
END
}

activate() { ask <<END
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">
  <soapenv:Body>
    <prov:dsappSRPActivate xmlns:prov="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning">
      <componentType>srp-direct</componentType>
      <registrationID>$1</registrationID>
      <credential><response>$2</response></credential>
    </prov:dsappSRPActivate>
  </soapenv:Body>
</soapenv:Envelope>
END
}

registration_id() { sed -n 's/.*<registrationID>\(.*\)<\/registrationID>.*/\1/p'; }

id=$(register | registration_id)
activate "$id" 755224

id=$(register | registration_id)
activate "$id" 287082
`

// stays says where the server answers until Ctrl-C, and to whom.
func (p *demoPrinter) stays(urls dsappd.URLs, program, dir string) {
	if p.json {
		printJSONLine(p.out, lab.URLs(urls))
		return
	}
	fmt.Fprintf(p.out, "\nThe server stays until Ctrl-C:\n"+
		"  for SOAP clients   %s?wsdl, with the componentType srp-component\n"+
		"  for phones         %s, with the key %s\n"+
		"  for browsers       %s, to set up a phone as user3 with the password Password2\n"+
		"  for REST clients   %sv1/, with the key %s\n"+
		"  for you            %s audit tail --dir %s\n",
		urls.SOAP, urls.Gateway, sampleKey, urls.Console, urls.Platform, samplePlatformKey, hint.ShellWord(program), hint.ShellWord(dir))
}

// session prints what a reader with nothing but curl can do.
func (p *demoPrinter) session(url string) {
	if p.json {
		return
	}
	fmt.Fprint(p.out, "\nWith nothing but curl, activate user2 twice,\n"+
		"by the first two one-time passwords of RFC 4226:\n\n")
	fmt.Fprintf(p.out, "%s\n"+curlSession+"%s\n", p.painted(dim, sessionBegins), url, p.painted(dim, sessionEnds))
}

// mdlSession puts two devices of a phone on the licence of user6, one online
// and one offline. Its verbs are the program and the URL.
const mdlSession = `dsappd() { %s "$@"; }
url=%s
state=$(mktemp -d)/phone
phone() { dsappd phone "$@" --state "$state" --pin 2468; }

call() { curl -sS -H 'Content-Type: text/xml; charset=utf-8' --data-binary @- "$url"; echo; }
field() { sed -n "s|.*<$1>\([^<]*\)</$1>.*|\1|p"; }

register() { call <<XML
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">
 <soapenv:Body>
  <prov:dsappSRPRegister xmlns:prov="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning">
   <activationType>$1</activationType>
   <componentType>mdl-component</componentType>
   <user><userID>user6</userID></user>
   <credential><staticPassword>Password2</staticPassword></credential>
  </prov:dsappSRPRegister>
 </soapenv:Body>
</soapenv:Envelope>
XML
}

execute() { call <<XML
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">
 <soapenv:Body>
  <prov:provisioningExecute xmlns:prov="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning">
   <cmd>PROVISIONCMD_MDL_$1</cmd>
   <attributeSet>
    <attributes><value>mdl-component</value><attributeID>PROVFLD_COMPONENT_TYPE</attributeID></attributes>
    <attributes><value>$id</value><attributeID>PROVFLD_REGISTRATIONID</attributeID></attributes>
    <attributes><value>$3</value><attributeID>PROVFLD_$2</attributeID></attributes>
   </attributeSet>
  </prov:provisioningExecute>
 </soapenv:Body>
</soapenv:Envelope>
XML
}

# Online, the phone speaks to the server.
reply=$(register 0)
id=$(field registrationID <<<"$reply")
password=$(field activationPassword <<<"$reply")
phone mdl exchange --url "$url" --registration-id "$id" --activation-password "$password"
phone mdl device-code
phone mdl add-device --url "$url"
phone mdl activate --url "$url"
phone otp

# Offline, the activation password is Activation Message 1, and the site sends
# what the phone shows.
reply=$(register 1)
id=$(field registrationID <<<"$reply")
phone mdl message1 --message "$(field activationPassword <<<"$reply")"
code=$(phone mdl device-code)
phone mdl message2 --message "$(execute ADD_DEVICE DEVICE_CODE "$code" | grep -o '[0-9A-F]\{98\}')"
execute ACTIVATE SIGNATURE "$(phone mdl signature)" | field statusCodeEnum
phone mdl confirm

phone mdl instances
`

// restSession activates a device offline over REST. Its verbs are the program,
// the API's URL and the user.
const restSession = `dsappd() { %[1]s "$@"; }
url=%[2]sv1
state=$(mktemp -d)/phone
phone() { dsappd phone "$@" --state "$state" --pin 2468; }
call() { curl -sS -H 'Authorization: Bearer lab-platform-key' -H 'Content-Type: application/json' "$@"; }
member() { sed -n "s|.*\"$1\":\"\([^\"]*\)\".*|\1|p"; }

# The user is made if there is none, a licence is found, and the activation begins.
reply=$(call $url/users/register -d '{"objectType": "RegisterUserInputEx", "userID": "%[3]s", "activationType": "offlineMDL"}')
id=$(member registrationID <<<"$reply")

# The activation password is Activation Message 1. It goes to the device as an image.
message1=$(member activationPassword <<<"$reply")
call "$url/visualcodes/render?format=QR&message=$message1" > message1.png
phone mdl message1 --message "$message1"

# The device shows a device code, for which it gets Activation Message 2.
reply=$(call $url/registrations/$id/add-device -d "{\"deviceCode\": \"$(phone mdl device-code)\"}")
phone mdl message2 --message "$(member activationMessage2 <<<"$reply")"

# The device shows a signature, which activates it.
call $url/registrations/$id/activate -d "{\"signature\": \"$(phone mdl signature)\"}"
phone mdl confirm
call $url/registrations/check-status -d '{"login": "%[3]s", "timeoutSeconds": "0"}'
`

// sessionREST prints what a reader with this program and curl can do: user6 has
// a licence with places left.
func (p *demoPrinter) sessionREST(program, url string) {
	if p.json {
		return
	}
	fmt.Fprint(p.out, "\nWith curl for the site and this program for the device,\n"+
		"put a device on the licence of user6:\n\n")
	session := fmt.Sprintf(restSession, hint.ShellWord(program), url, "user6")
	fmt.Fprintf(p.out, "%s\n%s%s\n", p.painted(dim, sessionBegins), session, p.painted(dim, sessionEnds))
}

// sessionMDL prints what a reader with this program and curl can do.
func (p *demoPrinter) sessionMDL(program, url string) {
	if p.json {
		return
	}
	fmt.Fprint(p.out, "\nWith curl for the site and this program for the phone,\n"+
		"put two more devices on the licence:\n\n")
	fmt.Fprintf(p.out, "%s\n"+mdlSession+"%s\n", p.painted(dim, sessionBegins), hint.ShellWord(program), url, p.painted(dim, sessionEnds))
}
