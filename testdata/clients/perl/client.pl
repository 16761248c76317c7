#!/usr/bin/perl
# A customer's program over SOAP::Lite, which knows no schema types: takes a
# user of the sample data through direct activations, checks every field of
# every reply, and meets the refusals and the faults.
# Usage: client.pl http://127.0.0.1:PORT/?wsdl
use strict;
use warnings;
use utf8;

use Encode;
use SOAP::Lite;

# What SOAP::Lite asks for where a WSDL names complex types of its own: how to
# write each of them, here from a list of names and values.
sub fields {
    my ($self, $value, $name) = @_;
    my @fields;
    while (my ($field, $text) = splice @$value, 0, 2) {
        push @fields, SOAP::Data->name($field => $text);
    }
    return [$name, {}, \SOAP::Data->value(@fields)];
}
{
    no strict 'refs';
    *{"SOAP::Serializer::as_$_"} = \&fields for qw(UserInput RegisterCredentialInput ActivateCredentialInput);
}

my $wsdl    = shift;
my $service = SOAP::Lite->service($wsdl)->on_fault(sub { die ref $_[1] ? $_[1]->faultstring : $_[0]->transport->status, "\n" });
my $checks  = 0;

sub check {
    my ($what, $got, $want) = @_;
    $checks++;
    $got //= '(undef)';
    die "$what is $got, not $want\n" if $got ne $want;
}

# Returns the error stack and the result, if there is one.
sub checked {
    my ($return, $return_enum, $code, $code_enum, $operation, @parameters) = @_;
    my ($status, $result) = $service->$operation(@parameters);
    my $codes = $status->{resultCodes};
    printf "%-30s %s\n", $operation, $codes->{statusCodeEnum};
    check('returnCode',         $codes->{returnCode},     $return);
    check('returnCodeEnum',     $codes->{returnCodeEnum}, $return_enum);
    check('statusCode',         $codes->{statusCode},     $code);
    check('statusCodeEnum',     $codes->{statusCodeEnum}, $code_enum);
    check('type of errorStack', ref $status->{errorStack}, 'ErrorStack') if $code == 0;
    return ($status->{errorStack}, $result);
}

sub granted {
    my ($stack, $result) = checked(0, 'RET_SUCCESS', 0, 'STAT_SUCCESS', @_);
    check('errors', join(',', %$stack), '');
    return $result;
}

sub refused {
    my ($code, $name, @call) = @_;
    my ($stack, $result) = checked(-1, 'RET_FAILURE', $code, $name, @call);
    check('result is there',    defined $result ? 1 : 0,            0);
    check('errorCode',          $stack->{errors}{errorCode},        $code);
    check('errorDesc is empty', $stack->{errors}{errorDesc} eq '' ? 1 : 0, 0);
}

sub register {
    my ($component, $user, $password) = @_;
    return ('dsappSRPRegister', 0, $component, [userID => $user, domain => 'master'], [staticPassword => $password]);
}

sub check_holder {
    my ($result, $user, $serial) = @_;
    check('userID',       $result->{user}{userID}, $user);
    check('domain',       $result->{user}{domain}, 'master');
    check('serialNumber', $result->{serialNumber}, $serial);
}

# A phone that holds its secret already needs no exchange: RFC 4226, appendix
# D.
for my $response ('755224', '287082') {
    my $result = granted(register('srp-direct', 'user2', 'Password2'));
    check('type of result',               ref $result,                          'DSAPPSRPRegisterResult2');
    check('length of registrationID',     length $result->{registrationID},     8);
    check('length of activationPassword', length $result->{activationPassword}, 8);
    check('digipassGatewayID',            $result->{digipassGatewayID},         '0123456789');
    check_holder($result, 'user2', 'VDS1000141');
    refused(1000, 'STAT_INVCREDENTIALS',
        dsappSRPActivate => 'srp-direct', $result->{registrationID}, [response => '000000']);
    check_holder(
        granted(dsappSRPActivate => 'srp-direct', $result->{registrationID}, [response => $response]),
        'user2', 'VDS1000141');
}

# A user whom the test has added to the sample data. SOAP::Lite sends what is
# not ASCII as base64Binary, once it is bytes.
my ($user, $password) = map { Encode::encode('UTF-8', $_) } 'jürgen', 'Grüße & <€>';
my $result = granted(register('srp-component', $user, $password));
check_holder($result, 'jürgen', 'VDS1000145');
check('orgUnit', $result->{user}{orgUnit}, 'Büro & <Söhne>');

refused(1000, 'STAT_INVCREDENTIALS', register('srp-component', 'user3', $password));
refused(1005, 'STAT_PERMISSION', register('no <such> component', 'user3', 'Password2'));
refused(-13, 'STAT_NOT_FOUND', dsappSRPActivate => 'srp-component', 'no such', [response => '000000']);

# The exchange, as far as a phone without the key comes.
$result = granted(register('srp-component', 'user1', 'Password2'));
my $key = granted(dsappSRPGenerateEphemeralKey => 'srp-component', $result->{registrationID}, '02');
check('length of B',    length $key->{serverEphemeralPublicKey}, 512);
check('length of salt', length $key->{salt},                     32);
refused(1000, 'STAT_INVCREDENTIALS',
    dsappSRPGenerateActivationData => 'srp-component', $result->{registrationID}, '0' x 64);
refused(-1, 'STAT_ERROR', dsappSRPActivate => 'srp-component', $result->{registrationID}, [response => '000000']);

my $unknown = SOAP::Lite->proxy($wsdl =~ s/\?.*//r)
    ->ns('http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning', 'prov')->on_fault(sub { $_[1] });
my $fault = $unknown->call('dsappSRPForget', SOAP::Data->name(userID => 'user1'));
printf "%-30s %s: %s\n", 'dsappSRPForget', $fault->faultcode, $fault->faultstring;
check('faultcode',               $fault->faultcode =~ s/.*://r,                       'Client');
check('HTTP status of a fault',  $unknown->transport->code,                           500);
check("detail's reason is empty", $fault->faultdetail->{provisioningFault}{reason} eq '' ? 1 : 0, 0);

print "the whole flow: $checks checks passed\n";
