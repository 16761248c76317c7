package wsdl

// The namespaces of the interfaces. Operations and their responses are in those
// with an interface's name; the others hold types.
const (
	Provisioning        = "http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning"
	Administration      = "http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Administration"
	Authentication      = "http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Authentication"
	Signature           = "http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Signature"
	ProvisioningTypes   = "http://www.vasco.com/IdentikeyServer/IdentikeyTypes/ProvisioningTypes.xsd"
	AdministrationTypes = "http://www.vasco.com/IdentikeyServer/IdentikeyTypes/AdministrationTypes.xsd"
	AuthenticationTypes = "http://www.vasco.com/IdentikeyServer/IdentikeyTypes/AuthenticationTypes.xsd"
	SignatureTypes      = "http://www.vasco.com/IdentikeyServer/IdentikeyTypes/SignatureTypes.xsd"
	CredentialTypes     = "http://www.vasco.com/IdentikeyServer/IdentikeyTypes/CredentialTypes.xsd"
	BasicTypes          = "http://www.vasco.com/IdentikeyServer/IdentikeyTypes/BasicTypes.xsd"
	XMLSchema           = "http://www.w3.org/2001/XMLSchema"
)

// Namespace is a namespace and the prefix that the Append functions write for
// it, which whoever writes the envelope around them declares.
type Namespace struct{ Prefix, URI string }

// Namespaces returns the prefixes that the Append functions write.
func Namespaces() []Namespace {
	return []Namespace{
		{"xsi", "http://www.w3.org/2001/XMLSchema-instance"},
		{"xsd", XMLSchema},
		{"BASIC-TYPES", BasicTypes},
		{"PROVISIONING-TYPES", ProvisioningTypes},
		{"PROV-TYPES", Provisioning},
		{"CREDENTIAL-TYPES", CredentialTypes},
		{"ADMINISTRATION-TYPES", AdministrationTypes},
		{"ADMIN-TYPES", Administration},
		{"AUTHENTICATION-TYPES", AuthenticationTypes},
		{"AUTH-TYPES", Authentication},
		{"SIGNATURE-TYPES", SignatureTypes},
		{"SIGN-TYPES", Signature},
	}
}
