# A customer's program in Ruby that reads replies as Savon does: nori makes hashes
# of them, with snake-cased symbols for names and without prefixes.
# Usage: savon.rb URL NAME SERIAL
require 'net/http'
require 'nori'

NAMESPACE = 'http://www.vasco.com/IdentikeyServer/IdentikeyTypes/'.freeze
NORI = Nori.new(parser: :rexml, strip_namespaces: true, advanced_typecasting: true, convert_tags_to: ->(tag) { tag.snakecase.to_sym })

$checks = 0

def check(what, got, want)
  $checks += 1
  raise "#{what} is #{got.inspect}, not #{want.inspect}" unless got == want
end

# The attributes of a request: the ID first, options always there, and the type
# by the value's class.
def attributes(prefix, values)
  values.map do |name, value|
    type = { Integer => 'unsignedInt', TrueClass => 'boolean', FalseClass => 'boolean', NilClass => 'string', String => 'string' }.fetch(value.class)
    options = value.nil? ? '<attributeOptions><null>true</null></attributeOptions>' : '<attributeOptions/>'
    "<attributes><attributeID>#{prefix}#{name}</attributeID>#{options}<value xsi:type=\"xsd:#{type}\">#{value}</value></attributes>"
  end.join
end

class Client
  attr_accessor :session

  def initialize(url)
    @url = URI(url)
  end

  # Calls an operation. It returns the status, the attributes or a list of them,
  # and the errors, and reads every part as Savon's users do.
  def call(interface, operation, inner)
    envelope = '<?xml version="1.0" encoding="UTF-8"?><env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"' \
      ' xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"' \
      " xmlns:tns=\"#{NAMESPACE}#{interface}\"><env:Body><tns:#{operation}>#{inner}</tns:#{operation}></env:Body></env:Envelope>"
    reply = Net::HTTP.post(@url, envelope, 'Content-Type' => 'text/xml;charset=UTF-8', 'SOAPAction' => "\"#{operation}\"")
    check('HTTP status', reply.code, '200')
    body = NORI.parse(reply.body.force_encoding('UTF-8')).fetch(:envelope).fetch(:body)
    root = body.fetch(:"#{operation.snakecase}_response")
    root = root.fetch(:auth_user_results) if operation == 'authUser'
    results = root.fetch(:results)
    status = results.fetch(:result_codes).fetch(:status_code_enum)
    set, stack = results.fetch(:result_attribute), results.fetch(:error_stack)
    found =
      if set.key?(:attributes) then hash([set[:attributes]].flatten)
      elsif set.key?(:attribute_list) then [set[:attribute_list]].flatten.map { |one| hash(one.fetch(:attributes)) }
      end
    errors = [stack[:errors]].flatten.map { |e| e.fetch(:error_desc) } if stack.key?(:errors)
    puts format('%-30s %s', operation, status)
    [status, found, errors]
  end

  def hash(entries)
    entries.to_h { |a| [a.fetch(:attribute_id).split('_', 2).last, a.fetch(:value)] }
  end

  def administer(operation, prefix, values, cmd: nil, more: '')
    command = cmd ? "<cmd>#{cmd}</cmd>" : ''
    call('Administration', operation, "<sessionID>#{session}</sessionID>#{command}<attributeSet>#{attributes(prefix, values)}</attributeSet>#{more}")
  end

  def log_in(values)
    call('Authentication', 'authUser', "<credentialAttributeSet>#{attributes('CREDFLD_', values)}</credentialAttributeSet>")
  end
end

url, name, serial = ARGV
client = Client.new(url)
credentials = { 'USERID' => 'admin', 'PASSWORD' => 'Password2', 'PASSWORD_FORMAT' => 0 }
status, found, = client.call('Administration', 'logon', "<attributeSet>#{attributes('CREDFLD_', credentials)}</attributeSet>")
check('logon', status, 'STAT_SUCCESS')
client.session = String.new(found.fetch('SESSION_ID'))
check('length of the session ID', client.session.length, 32)
privileges = found.fetch('LOGICAL_ADMIN_PRIVILEGES').split(', ').to_h { |p| p.split(' ') }
check('privilege', privileges['view_user'], 'true')

user = { 'USERID' => name, 'DOMAIN' => 'master', 'LOCAL_AUTH' => 'DIGIPASS or Password', 'BACKEND_AUTH' => 'None', 'DISABLED' => false,
         'LOCKED' => false, 'EMAIL' => nil, 'PASSWORD' => 'Frupper.1' }
status, found, errors = client.administer('userExecute', 'USERFLD_', user, cmd: 'USERCMD_CREATE')
check('create', [status, errors], ['STAT_SUCCESS', nil])
check('local authentication', found['LOCAL_AUTH'], 'DIGIPASS or Password')
check('disabled', found['DISABLED'], false)
check('what is not set', [found['EMAIL'], found['ASSIGNED_DIGIPASS']], [nil, nil])
check('password', found.key?('PASSWORD'), true)
check('created', found['CREATE_TIME'].class, DateTime)
status, _, errors = client.administer('userExecute', 'USERFLD_', { 'USERID' => "#{name}-none", 'DOMAIN' => 'master' }, cmd: 'USERCMD_VIEW')
check('view', [status, errors.first], ['STAT_NOT_FOUND', 'Object not found.'])

options = '<fieldSet/><queryOptions><rowcount>5</rowcount><distinct>true</distinct></queryOptions>'
status, found, = client.administer('userQuery', 'USERFLD_', { 'USERID' => "#{name}*", 'EMAIL' => nil }, more: options)
check('query', [status, found.map { |u| u['USERID'] }], ['STAT_SUCCESS', [name]])
status, found, = client.administer('userQuery', 'USERFLD_', { 'USERID' => "#{name}-none" })
check('query for none', [status, found], ['STAT_SUCCESS', nil])

assigned = { 'SERNO' => serial, 'ASSIGNED_USERID' => name, 'DOMAIN' => 'master', 'GRACE_PERIOD_DAYS' => 1 }
status, found, = client.administer('digipassExecute', 'DIGIPASSFLD_', assigned, cmd: 'DIGIPASSCMD_ASSIGN')
check('assign', [status, found['ASSIGN_STATUS'], found['ASSIGNED_USERID']], ['STAT_SUCCESS', 'Assigned', name])

login = { 'COMPONENT_TYPE' => 'SOAP Auth Client', 'USERID' => name, 'PASSWORD_FORMAT' => 0 }
status, found, = client.log_in(login.merge('PASSWORD' => '755224'))
check('log in', [status, found['USERID'], found['STATUS_MESSAGE']], ['STAT_SUCCESS', name, nil])
status, found, = client.log_in(login.merge('PASSWORD' => '000000'))
check('log in again', status, 'STAT_OTP_INCORRECT')
check('message', found['STATUS_MESSAGE'].empty?, false)

status, found, = client.administer('digipassExecute', 'DIGIPASSFLD_', { 'SERNO' => serial }, cmd: 'DIGIPASSCMD_UNASSIGN')
check('unassign', [status, found['ASSIGN_STATUS']], %w[STAT_SUCCESS Unassigned])
status, = client.administer('userExecute', 'USERFLD_', { 'USERID' => name, 'DOMAIN' => 'master' }, cmd: 'USERCMD_DELETE')
check('delete', status, 'STAT_SUCCESS')
2.times do |n|
  status, = client.call('Administration', 'logoff', "<attributeSet>#{attributes('CREDFLD_', 'SESSION_ID' => client.session)}</attributeSet>")
  check('logoff', status, %w[STAT_SUCCESS STAT_ADMIN_SESSION_STOPPED][n])
end
puts "the whole flow: #{$checks} checks passed"
