# A customer's program over the classes that wsdl2perl made: a registration, a
# refusal and a fault. Usage: perl -I FOLDER generated.pl http://127.0.0.1:PORT/

use strict;
use warnings;

use MyInterfaces::ProvisioningService::ProvisioningPort;

my ($endpoint) = @ARGV;
my $service = MyInterfaces::ProvisioningService::ProvisioningPort->new({ proxy => $endpoint });
my $checks = 0;

sub check {
    my ($what, $got, $want) = @_;
    $checks++;
    $got eq $want or die "$what is $got, not $want\n";
}

sub registration {
    my ($user, $password) = @_;
    return {
        activationType => 0,
        componentType  => 'srp-direct',
        user           => { userID => $user, domain => 'master' },
        credential     => { staticPassword => $password },
    };
}

sub status {
    my ($operation, $reply, $code, $name) = @_;
    $reply or die "$operation: " . $reply->get_faultstring . "\n";
    my $codes = $reply->get_status->get_resultCodes;
    printf "%-30s %s\n", $operation, $codes->get_statusCodeEnum;
    check("$operation statusCode", $codes->get_statusCode, $code);
    check("$operation statusCodeEnum", $codes->get_statusCodeEnum, $name);
    check("$operation returnCode", $codes->get_returnCode, $code == 0 ? 0 : -1);
}

for my $response ('755224', '287082') {
    my $registered = $service->dsappSRPRegister(registration('user2', 'Password2'));
    status('dsappSRPRegister', $registered, 0, 'STAT_SUCCESS');
    my $result = $registered->get_result;
    check('serialNumber', $result->get_serialNumber, 'VDS1000141');
    check('userID', $result->get_user->get_userID, 'user2');
    my $activated = $service->dsappSRPActivate({
        componentType  => 'srp-direct',
        registrationID => $result->get_registrationID,
        credential     => { response => $response },
    });
    status('dsappSRPActivate', $activated, 0, 'STAT_SUCCESS');
    check('serialNumber', $activated->get_result->get_serialNumber, 'VDS1000141');
}

my $refused = $service->dsappSRPRegister(registration('user3', 'wrong'));
status('dsappSRPRegister', $refused, 1000, 'STAT_INVCREDENTIALS');
check('errorCode', $refused->get_status->get_errorStack->get_errors->get_errorCode, 1000);

my $fault = $service->dsappSRPRegister(registration("\x01", 'Password2'));
!$fault or die "a control character was no fault\n";
# It has no class for the detail of a fault, and makes one of its own that
# quotes the reply.
my ($faultcode, $faultstring) = $fault->get_faultstring =~ m{<faultcode>\w+-?\w*:(\w+)</faultcode>\s*<faultstring>([^<]+)</faultstring>};
check('faultcode', $faultcode, 'Client');
print "dsappSRPRegister               $faultstring\n";

print "the whole flow: $checks checks passed\n";
