import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * A customer's program that reads replies as DOM without namespaces: prefixes are
 * part of names, and the last child of an attribute is never looked at for its
 * value. Usage: java Dom.java URL NAME SERIAL
 */
public final class Dom {
    private static final String NAMESPACE = "http://www.vasco.com/IdentikeyServer/IdentikeyTypes/";
    private static int checks;

    private final String url;
    private String session;
    private Document reply;

    private Dom(String url) {
        this.url = url;
    }

    private static void check(String what, Object got, Object want) {
        checks++;
        if (!got.equals(want)) {
            throw new AssertionError(what + " is " + got + ", not " + want);
        }
    }

    private static String attributes(String prefix, String... pairs) {
        StringBuilder set = new StringBuilder("<!--the attributes:--> ");
        for (int i = 0; i < pairs.length; i += 2) {
            String type = pairs[i].equals("PASSWORD_FORMAT") ? "unsignedInt"
                : pairs[i].equals("GRACE_PERIOD_DAYS") ? "int"
                : pairs[i + 1].equals("true") || pairs[i + 1].equals("false") ? "boolean" : "string";
            set.append("<attributes xsi:type=\"CREDENTIAL-TYPES:CredentialAttribute\"> <value xsi:type=\"xsd:" + type + "\">" + pairs[i + 1]
                + "</value> <attributeID>" + prefix + pairs[i] + "</attributeID> </attributes> ");
        }
        return set.toString();
    }

    private void call(String want, String namespace, String operation, String inner) throws Exception {
        String body = "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\""
            + " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:adm=\"" + NAMESPACE + namespace + "\"> <soapenv:Header/> <soapenv:Body> <adm:"
            + operation + ">" + inner + "</adm:" + operation + "> </soapenv:Body> </soapenv:Envelope>";
        HttpURLConnection connection = (HttpURLConnection) new URL(url).openConnection();
        connection.setDoOutput(true);
        connection.setRequestProperty("Content-Type", "text/xml");
        connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
        check("HTTP status", connection.getResponseCode(), 200);
        try (InputStream in = connection.getInputStream()) {
            reply = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new ByteArrayInputStream(in.readAllBytes()));
        }
        System.out.printf("%-30s %s%n", operation, at("//results/resultCodes/statusCodeEnum"));
        check(operation, at("//results/resultCodes/statusCodeEnum"), want);
        boolean failed = !want.equals("STAT_SUCCESS");
        check("returnCode", at("//results/resultCodes/returnCode"), failed ? "-1" : "0");
        check("errorDesc", at("//results/errorStack/errors/errorDesc").isEmpty(), !failed);
        check("by name", reply.getElementsByTagName("statusCodeEnum").item(0).getTextContent(), want);
        readByPosition();
    }

    private String at(String path) throws Exception {
        XPath xpath = XPathFactory.newInstance().newXPath();
        return (String) xpath.compile(path + "/node()").evaluate(reply, XPathConstants.STRING);
    }

    private String attribute(String name) throws Exception {
        return at("//results/resultAttribute/attributes/attributeID[text()=\"" + name + "\"]/parent::node()/value");
    }

    /** readByPosition reads each attribute by its children, up to the last but one. */
    private void readByPosition() throws Exception {
        Map<String, String> got = new LinkedHashMap<>();
        NodeList all = reply.getElementsByTagName("attributes");
        for (int i = 0; i < all.getLength(); i++) {
            NodeList children = ((Element) all.item(i)).getChildNodes();
            String value = null;
            for (int n = 0; n < children.getLength() - 1; n++) {
                if (children.item(n).getNodeName().equals("value")) {
                    value = children.item(n).getTextContent();
                }
            }
            got.put(children.item(children.getLength() - 1).getTextContent(), value);
        }
        check("values by position", got.containsValue(null), false);
        check("IDs by position", got.keySet().stream().allMatch(id -> id.contains("FLD_")), true);
    }

    private void administer(String want, String operation, String cmd, String prefix, String... pairs) throws Exception {
        call(want, "Administration", operation, " <sessionID>" + session + "</sessionID> " + (cmd.isEmpty() ? "" : "<cmd>" + cmd + "</cmd> ")
            + "<attributeSet>" + attributes(prefix, pairs) + "</attributeSet> "
            + (operation.equals("userExecute") ? "<adminDomainInfoList><adminDomains><adminDomain>master</adminDomain></adminDomains></adminDomainInfoList>" : ""));
    }

    private void authUser(String want, String name, String password) throws Exception {
        call(want, "Authentication", "authUser", "<credentialAttributeSet>" + attributes("CREDFLD_",
            "COMPONENT_TYPE", "SOAP Auth Client", "USERID", name, "PASSWORD_FORMAT", "0", "PASSWORD", password) + "</credentialAttributeSet>");
    }

    private void run(String name, String serial) throws Exception {
        call("STAT_SUCCESS", "Administration", "logon",
            "<attributeSet>" + attributes("CREDFLD_", "USERID", "admin", "PASSWORD", "Password2", "PASSWORD_FORMAT", "0") + "</attributeSet>");
        session = attribute("CREDFLD_SESSION_ID");
        check("length of the session ID", session.length(), 32);

        String[] user = {"USERID", name, "DOMAIN", "master", "LOCAL_AUTH", "Default", "BACKEND_AUTH", "Default", "DISABLED", "false", "LOCKED", "false",
            "HAS_DP", "Unassigned", "OFFLINE_AUTH_ENABLED", "Default"};
        administer("STAT_SUCCESS", "userExecute", "USERCMD_CREATE", "USERFLD_", user);
        administer("STAT_EXISTS", "userExecute", "USERCMD_CREATE", "USERFLD_", user);
        check("words", at("//results/errorStack/errors/errorDesc").contains("object already exists"), true);
        administer("STAT_SUCCESS", "userExecute", "USERCMD_VIEW", "USERFLD_", "USERID", name, "DOMAIN", "master", "USERID", name, "DOMAIN", "master");
        for (int i = 0; i < user.length; i += 2) {
            check(user[i], attribute("USERFLD_" + user[i]), user[i + 1]);
        }
        administer("STAT_NOT_FOUND", "userExecute", "USERCMD_VIEW", "USERFLD_", "USERID", name + "-none", "DOMAIN", "master");
        check("words", at("//results/errorStack/errors/errorDesc"), "Object not found.");
        administer("STAT_PERMISSION", "userExecute", "USERCMD_VIEW", "USERFLD_", "USERID", name, "DOMAIN", "nowhere");
        check("words", at("//results/errorStack/errors/errorDesc"), "Insufficient permission to perform the specified action");

        administer("STAT_SUCCESS", "userattributeExecute", "USERATTRIBUTECMD_CREATE", "UATTFLD_",
            "USERID", name, "DOMAIN", "master", "ATTR_GROUP", "radius", "NAME", "Class", "USAGE_QUALIFIER", "REPLY", "VALUE", "staff", "OPTIONS", "1");
        administer("STAT_SUCCESS", "userattributeQuery", "", "UATTFLD_", "USERID", name, "DOMAIN", "master");
        check("a sibling of the name",
            at("//results/resultAttribute/attributeList/attributes/value[text()=\"Class\"]/parent::node()/parent::node()/attributes/attributeID[text()=\"UATTFLD_VALUE\"]/parent::node()/value"),
            "staff");

        String[] given = {"SERNO", serial, "DOMAIN", "master", "ASSIGNED_USERID", name, "GRACE_PERIOD_DAYS", "3"};
        administer("STAT_SUCCESS", "digipassExecute", "DIGIPASSCMD_ASSIGN", "DIGIPASSFLD_", given);
        administer("STAT_DIGIPASS_NOT_AVAILABLE", "digipassExecute", "DIGIPASSCMD_ASSIGN", "DIGIPASSFLD_", given);
        check("words", at("//results/errorStack/errors/errorDesc"), "Digipass already assigned to user");

        authUser("STAT_SUCCESS", name, "755224");
        check("serial number", attribute("CREDFLD_SERIAL_NO"), serial);
        authUser("STAT_OTP_INCORRECT", name, "000000");
        check("message", attribute("CREDFLD_STATUS_MESSAGE").isEmpty(), false);

        administer("STAT_SUCCESS", "digipassExecute", "DIGIPASSCMD_UNASSIGN", "DIGIPASSFLD_", "SERNO", serial);
        administer("STAT_SUCCESS", "userExecute", "USERCMD_DELETE", "USERFLD_", "USERID", name, "DOMAIN", "master");
        String logoff = "<attributeSet><attributes xsi:type=\"CREDENTIAL-TYPES:CredentialAttribute\"><attributeOptions xsi:type=\"BASIC-TYPES:AttributeOptions\">"
            + "<masked>true</masked></attributeOptions><value xsi:type=\"xsd:string\">" + session
            + "</value><attributeID>CREDFLD_SESSION_ID</attributeID></attributes></attributeSet>";
        call("STAT_SUCCESS", "Administration", "logoff", logoff);
        call("STAT_ADMIN_SESSION_STOPPED", "Administration", "logoff", logoff);
        System.out.println("the whole flow: " + checks + " checks passed");
    }

    public static void main(String[] args) throws Exception {
        new Dom(args[0]).run(args[1], args[2]);
    }
}
