package main

import "fmt"

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

// session prints what a reader with nothing but curl can do.
func (p *demoPrinter) session(url string) {
	fmt.Fprintf(p.out, "\nThe server stays at %s until Ctrl-C. With nothing but curl, activate user2 twice,\n"+
		"by the first two one-time passwords of RFC 4226:\n\n", url)
	fmt.Fprintf(p.out, "%s\n"+curlSession+"%s\n", p.painted(dim, sessionBegins), url, p.painted(dim, sessionEnds))
}
