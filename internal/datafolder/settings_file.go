package datafolder

// SettingsText holds the settings.toml of a new data folder: every setting at
// its value of DefaultSettings, and why one would change it.
const SettingsText = `# The settings of this dsappd data folder. The server reads them when it starts,
# and again on SIGHUP: the log then says which it has taken, and which wait for
# the next start.
# A line that is left out keeps the value shown here. A name that dsappd does
# not know is refused, so that a slip of the pen does not go unnoticed.

# What dsappSRPRegister answers as digipassGatewayID and what an activation
# image names: which gateway the phone shall speak to. Visible ASCII without a
# semicolon, 1 to 64 characters.
gateway_id = "0123456789"

# A file that replaces numbers and names of statuses, for those who own the
# vendor's list: see docs/statuses.toml. Its name is relative to this folder;
# empty: the published statuses.
status_table = ""

[soap]
# Where the SOAP interface listens, HOST:PORT; port 0 takes a free one.
listen = "127.0.0.1:8888"
# The proxies before this server: addresses such as "127.0.0.1" and prefixes
# such as "10.1.2.0/24". A component is found by its caller's address, which is
# the connection's; if that is a proxy's, the caller is the last address in
# X-Forwarded-For that is none. From anybody else that header is ignored, and
# the header Forwarded (RFC 7239) always is. Each proxy has to add the address
# that it hears. Where it does not, or what it adds is no address, the proxy
# itself counts as the caller, and the log says why. Name no address here that
# callers have as well.
proxies = []
# The names by which clients on this machine ask a loopback address without TLS,
# such as "provisioning.test" of a hosts file. localhost, names without a dot,
# IP addresses, this machine's own name and the host in public_url are always
# right. Any other name may be one that a web page has pointed here, and is
# refused; what comes from a proxy is not.
hosts = []
# The endpoint that the WSDL names, such as "https://provisioning.example/" of a
# proxy that speaks TLS; empty: the address that was asked for the WSDL.
public_url = ""
# The origins of web pages that may have a browser call, such as
# "https://tools.example" or a browser extension's; from any other a request is
# refused. They cannot read what comes back.
origins = []
# Whether TLS is spoken. "auto": where other machines can reach the address;
# serve says otherwise with --tls or --plain. "on": always. "off": never; where
# other machines can reach the address that too needs --plain.
tls = "auto"
# The file of the certificate, in PEM, relative to this folder, and that of its
# key, which only its owner may read; empty: the key is in the certificate's
# file. Changed files are taken without a restart; where they are refused, the
# old ones stay and the log says why. dsappd tls renew makes this one anew.
certificate = "tls/server.pem"
key = ""
# The CAs of clients, a file in PEM: clients have to show a certificate under
# one of them, or may, with client_certificates = "optional". Empty: they are
# not asked. The log names what was shown.
client_ca = ""
client_certificates = "required"
# Allows RSA key exchange, in TLS 1.2, to clients that cannot do better: who
# gets the certificate's key later can read what was recorded.
legacy_tls = false
# How long a browser that was here by TLS insists on it for this host, on every
# port (HSTS, RFC 6797), such as "8760h" for a year; "0s": it is not told to. A
# browser does not forget this before the time is over.
hsts = "0s"

[gateway]
# Where phones activate: the gateway's REST services. Empty: nowhere. While
# serve has --addr with port 0, as labs do, and no --gateway-addr, the gateway
# takes a free port of that host too, and so do the console and the Platform API.
listen = "127.0.0.1:11080"
# The rest is as in [soap].
proxies = []
hosts = []
tls = "auto"
certificate = "tls/server.pem"
key = ""
client_ca = ""
client_certificates = "required"
legacy_tls = false
hsts = "0s"
# In the name of which component the gateway asks. dsappd init makes it, at
# 0.0.0.0: that is the address of no peer, so nobody else can use the name.
component_type = "DIGIPASS Gateway"

[console]
# Where people manage their authenticators themselves, with a browser. Empty:
# nowhere.
listen = "127.0.0.1:8889"
# The rest is as in [soap].
proxies = []
hosts = []
tls = "auto"
certificate = "tls/server.pem"
key = ""
client_ca = ""
client_certificates = "required"
legacy_tls = false
hsts = "0s"
# The component that they register by, whose policy they follow. dsappd init
# makes it, at 0.0.0.0, as the gateway's.
component_type = "Self-Management"
# What the page calls itself, at its head and in the title; 1 to 60 characters.
name = "Self-management"
# A picture before the name: a PNG, JPEG or SVG file of at most 64 KiB, relative
# to this folder. It is 32 pixels high, and has to be legible on a light and on a
# dark page. Empty: none.
logo = ""
# A link that opens the app, shown to people whose browser is on a phone:
# {image} in it becomes the activation image in hex, which the code on the page
# holds too. Whoever reads the link can activate. Use a scheme of the app's own,
# "com.example.app:/activate?image={image}", Android's
# "intent://activate?image={image}#Intent;scheme=…;package=…;end", or
# "https://app.example/activate#{image}", which the app has claimed: a browser
# keeps to itself what is after the #. What would be sent to a server is refused.
app_link = ""
# How long somebody who is signed in may do nothing, and stay signed in at all.
# A page that follows a phone keeps the sign-in.
idle = "15m0s"
session = "1h0m0s"
# Behind a proxy that speaks TLS, true has browsers keep the cookies to TLS. By
# TLS of its own the console has them do so anyway.
secure_cookies = false

[platform]
# Where sites provision by REST, the Platform API. Empty: nowhere. A caller needs
# a key of "dsappd platform-key add", or a certificate under client_ca.
listen = "127.0.0.1:8890"
# The rest is as in [soap].
proxies = []
hosts = []
tls = "auto"
certificate = "tls/server.pem"
key = ""
client_ca = ""
client_certificates = "required"
legacy_tls = false
hsts = "0s"
# The component whose policy governs what is registered here. dsappd init makes
# it, at 0.0.0.0, as the gateway's.
component_type = "Platform API"

[watch]
# Where Prometheus reads metrics, at /metrics, and others whether the server lives
# and is ready, at /livez and /readyz, such as "127.0.0.1:9888". Empty: nowhere but
# at the socket admin.sock in this folder.
listen = ""
# The rest is as in [soap].
proxies = []
hosts = []
tls = "auto"
certificate = "tls/server.pem"
key = ""
client_ca = ""
client_certificates = "required"
legacy_tls = false
hsts = "0s"

[operator]
# Where operators see each request as it happens, and what became of it, and look
# after users and authenticators, with a browser, such as "127.0.0.1:8886". Empty:
# nowhere, and no request is remembered for it.
listen = ""
# The rest is as in [soap].
proxies = []
hosts = []
tls = "auto"
certificate = "tls/server.pem"
key = ""
client_ca = ""
client_certificates = "required"
legacy_tls = false
hsts = "0s"
# A sign-in ends after this time without a request, and after this time in all.
idle = "1h"
session = "12h"
# Cookies go over TLS alone: browsers come by TLS, to a proxy that speaks plain
# HTTP here.
secure_cookies = false
# How many requests are remembered, and how much memory they may take, in MiB.
requests = 5000
requests_mib = 64

[limits]
# How many connections each listener holds at once. When they are taken, a new
# one takes the place of the one that has waited longest for its client, of the
# address that holds the most. A quarter is kept for known addresses, to which
# something was granted within a day, and a quarter for the others.
connections = 1024
# How many of them an address that is not known may hold once half are taken.
connections_per_address = 256
# How many connections addresses that are not known may begin in a second, at
# each listener: all of them together, and each. Who begins more is refused
# before a word is said. While all together begin more, each has its share.
new_connections = 1000
new_per_address = 200
# How much of the disk stays free, in MiB. When less is, refusals of strangers are
# only counted; when half of that is, there are no new registrations either, and
# those that are open can still be activated. 0: the disk may become full.
free_mib = 64
# The largest header of an HTTP request, in bytes.
header_bytes = 16384
# The memory for the bodies of all requests in flight, in MiB. When it is taken,
# the oldest body that is still arriving, of the address that holds the most, is
# given up with HTTP status 503. A quarter is kept for known addresses.
bodies_mib = 64
# The largest body of a SOAP request, as it comes and unpacked, in bytes; up to
# 1048576. The gateway takes 65536, and the console a few thousand.
body_bytes = 65536
# How many parts a SOAP request may have: elements, attributes, texts and
# comments. Reading 1,000 takes a processor about a millisecond. Requests of more
# than 512 parts, packed ones and those over 16 KiB take turns at half of the
# processors, or at all for addresses that are known.
message_parts = 8192

[timeouts]
# For the header of a request, for all of it, for the answer, and for a
# connection between two requests.
read_header = "5s"
read = "15s"
write = "30s"
idle = "1m0s"
# In place of these for addresses that are not known, while three quarters of
# the connections that such addresses may have are taken.
pressed = "2s"
# How long requests in flight may take to end after SIGTERM.
drain = "20s"

[password_hash]
# The cost of Argon2id for static passwords: memory in KiB, passes over it,
# lanes. Hashes that are stored already keep the cost that they were made with
# until the user's next right password, which replaces a cheaper one and one that
# was imported as bcrypt or PBKDF2, but never one that takes more memory or
# more passes. Until then the time of an answer can tell such a user from one
# that does not exist, who costs what is set here.
memory_kib = 19456
passes = 2
parallelism = 1
# How many requests may wait for a hash, of which at most one a core runs at
# once. Doors and addresses take turns; when nobody else may wait, whoever has
# the most requests waiting is refused one of them.
queue = 64

[sweep]
# How often the server looks for registrations that are over, and how long
# after the end of its lifetime a registration is deleted. Until then it can be
# shown, without its secrets, which go at the first look, and its ID is not
# given to another. The audit keeps its events.
interval = "1m0s"
retention = "168h0m0s"

[audit]
# How long the audit is kept. What was sealed longer ago is removed, whole
# sealed ranges at a time; "0s" keeps everything.
retention = "9600h0m0s"
# How many MiB a day refusals may add to the audit one by one that cost their
# callers nothing, such as wrong passwords and calls from addresses without a
# component. What is left over is kept for a day. Addresses from which something
# was proved within a day have as much for themselves. Beyond it, refusals are
# summed up: one event a minute for each operation, component and address, for
# which there is as much again. The log has a line for each; 0: every refusal has
# its event.
refusals_mib = 8

[log]
# From which level on the server logs: debug, info, warn or error. At info there is
# a line for each request. "dsappd log level" changes it while a server runs.
level = "info"

[master_key]
# Where the key comes from that opens the store's secrets: a file, whose name is
# relative to this folder, or one of the others. It is 32 bytes, as they are or in
# hex or base64; a variable has text. "dsappd key rotate" makes a new one.
file = "master.key"
# A variable of the server's environment.
env = ""
# A credential of systemd: LoadCredential= or LoadCredentialEncrypted= of the unit.
credential = ""
# A program with its arguments, which prints the key within 30 seconds, such as
# ["/usr/bin/vault", "kv", "get", "-field=key", "secret/dsappd"].
command = []

[store]
# Where the records are: "bolt", a file in this folder, or "postgres", a database
# that several servers share. dsappd copy brings records from one to the other.
engine = "bolt"
# The database, postgres://USER@HOST:PORT/DATABASE, without a password; several
# hosts, HOST:PORT,HOST:PORT, where a standby may take over. ?search_path=SCHEMA
# names the schema of the tables. TLS is verified (sslmode=verify-full) unless the
# database is on this machine or the URL names another sslmode.
url = ""
# The file of its password, relative to this folder, which only its owner may
# read, or a credential of systemd.
password_file = ""
password_credential = ""
# How many connections read at once. Two more write.
connections = 16
# How long a request waits for the database, and how long a commit whose
# connection broke may take to learn what became of it.
wait = "10s"
resolve = "30s"

[syslog]
# Where the server tells by syslog (RFC 5424) what happens: "unix:///dev/log" on this
# machine, "tls://HOST:6514", and "tcp://HOST:601" or "udp://HOST:514" as plain text.
# Empty: nowhere. See docs/webhooks.md.
address = ""
# The facility: auth, authpriv, daemon, user, audit, or local0 to local7.
facility = "authpriv"
# What is told: authenticator.activated, user.locked, licence.full,
# certificate.expiring, audit.broken, and decision for every decision. Empty: all but
# decisions.
events = []
# The file of the CAs of the syslog server, in PEM, relative to this folder; empty:
# those of the system.
ca = ""
# Messages name users, so beyond this machine they go by TLS unless this is true.
plain = false
# After how long without success nothing is sent any more, until an operator has it go
# on: dsappd webhook resume syslog.
give_up = "72h0m0s"

# A receiver by HTTP is a table of its own; there may be several. The secret, which
# signs the messages, is in a file that only its owner may read: make one with
# echo "whsec_$(openssl rand -base64 32)". Leave out what shall be as shown here.
#
# [[webhook]]
# name = "siem"
# url = "https://siem.example/dsappd"
# secret_file = "siem.secret"
# secret_credential = ""
# events = []
# ca = ""
# plain = false
# timeout = "15s"
# give_up = "72h0m0s"
`
