package wsdl

// The namespaces of the interface. Operations and their responses are in
// Provisioning; the other two hold types.
const (
	Provisioning      = "http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning"
	ProvisioningTypes = "http://www.vasco.com/IdentikeyServer/IdentikeyTypes/ProvisioningTypes.xsd"
	BasicTypes        = "http://www.vasco.com/IdentikeyServer/IdentikeyTypes/BasicTypes.xsd"
	XMLSchema         = "http://www.w3.org/2001/XMLSchema"
)

// Namespace is a namespace and the prefix that the Append functions write for
// it, which whoever writes the envelope around them declares.
type Namespace struct{ Prefix, URI string }

// Namespaces are the prefixes that the Append functions write.
func Namespaces() []Namespace {
	return []Namespace{
		{"xsi", "http://www.w3.org/2001/XMLSchema-instance"},
		{"xsd", XMLSchema},
		{"BASIC-TYPES", BasicTypes},
		{"PROVISIONING-TYPES", ProvisioningTypes},
		{"PROV-TYPES", Provisioning},
	}
}
