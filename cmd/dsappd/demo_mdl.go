package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/internal/provision"
	"github.com/dsappd/dsappd/phone"
)

// licenceRegister asks for a registration on the licence of user6.
const licenceRegister = `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">
  <soapenv:Body>
    <prov:dsappSRPRegister xmlns:prov="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning">
      <activationType>0</activationType>
      <componentType>mdl-component</componentType>
      <user><userID>user6</userID></user>
      <credential><staticPassword>Password2</staticPassword></credential>
    </prov:dsappSRPRegister>
  </soapenv:Body>
</soapenv:Envelope>`

// licenceRegisterOffline asks for Activation Message 1 in the clear.
const licenceRegisterOffline = `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">
  <soapenv:Body>
    <prov:provisioningExecute xmlns:prov="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning">
      <cmd>PROVISIONCMD_MDL_REGISTER</cmd>
      <attributeSet>
        <attributes><value>mdl-component</value><attributeID>PROVFLD_COMPONENT_TYPE</attributeID></attributes>
        <attributes><value>user6</value><attributeID>PROVFLD_USERID</attributeID></attributes>
        <attributes><value>Password2</value><attributeID>PROVFLD_STATIC_PASSWORD</attributeID></attributes>
      </attributeSet>
    </prov:provisioningExecute>
  </soapenv:Body>
</soapenv:Envelope>`

// playMDL takes a phone that speaks to the server from register to an instance
// of its own.
func (d *demo) playMDL(ctx context.Context) error {
	d.print.opening("One device on a licence for several, over real HTTP, from register to an active instance.", d.url, d.dir)
	if err := d.post(ctx, licenceRegister); err != nil {
		return err
	}
	registration, err := d.registration()
	if err != nil {
		return err
	}
	transport, err := d.transport("mdl-component")
	if err != nil {
		return err
	}
	device := &phone.Device{Transport: transport, Rand: rand.Reader, Now: time.Now}
	state, err := device.ExchangeMDL(ctx, phone.State{}, registration)
	if err != nil {
		return err
	}
	d.print.note("The phone checked the server's proof and opened Activation Message 1, which its user never sees.")
	code, state, err := device.DeviceCode(state, dsapp.Android)
	if err != nil {
		return err
	}
	d.print.note("It answers with a device code: " + code + ".")
	if state, err = device.AddDevice(ctx, state); err != nil {
		return err
	}
	d.print.note("It opened Activation Message 2, which no other device can, keeps the instance's secret and erased the message key.")
	if state, err = device.ActivateInstance(ctx, state, "", ""); err != nil {
		return err
	}
	return d.concludeMDL(ctx, device, state)
}

// playMDLOffline does the same with a device that sends nothing: what goes
// between it and the site is scanned, shown and typed.
func (d *demo) playMDLOffline(ctx context.Context) error {
	d.print.offline = true
	d.print.opening("One device on a licence for several, offline: the device sends nothing, the site alone speaks to the server.", d.url, d.dir)
	if err := d.post(ctx, licenceRegisterOffline); err != nil {
		return err
	}
	id, message1 := find(d.reply, "PROVFLD_REGISTRATIONID"), find(d.reply, "PROVFLD_ACTIVATION_MESSAGE")
	if id == "" {
		return errors.New("PROVISIONCMD_MDL_REGISTER was refused")
	}
	site, err := d.transport("mdl-component")
	if err != nil {
		return err
	}
	device := &phone.Device{Rand: rand.Reader, Now: time.Now}
	state, err := device.TakeMessage1(phone.State{}, "", message1)
	if err != nil {
		return err
	}
	code, state, err := device.DeviceCode(state, dsapp.Hardware)
	if err != nil {
		return err
	}
	d.print.note("The device scans Activation Message 1 and shows a device code, which the user types in: " + code + ".")
	message2, err := site.AddDevice(ctx, id, code)
	if err != nil {
		return err
	}
	if state, err = device.TakeMessage2(state, message2); err != nil {
		return err
	}
	signature, err := state.Signature("")
	if err != nil {
		return err
	}
	d.print.note("The device scans Activation Message 2, keeps the instance's secret, erases the message key and shows a signature: " + signature + ".")
	result, err := site.ActivateInstance(ctx, id, phone.InstanceCredential{Signature: signature})
	if err != nil {
		return err
	}
	if state, err = state.Confirm(result.SerialNumber); err != nil {
		return err
	}
	return d.concludeMDL(ctx, device, state)
}

// concludeMDL asks whether the licence has the instance, and has the device
// show what it is good for.
func (d *demo) concludeMDL(ctx context.Context, device *phone.Device, state phone.State) error {
	instance := state.MDL.Instances[0]
	a, err := d.authenticator(ctx, instance.SerialNumber)
	if err != nil {
		return err
	}
	if a.Licence == nil || a.Licence.Places != 1 || len(a.Licence.Instances) != 1 ||
		a.Licence.Instances[0].SerialNumber != instance.Name() || a.Licence.Instances[0].State != provision.InstanceActive {
		return fmt.Errorf("the licence %s is not what it should be: want one active instance, %s", a.SerialNumber, instance.Name())
	}
	otp, err := device.InstanceOTP(state, instance.Name())
	if err != nil {
		return err
	}
	d.print.conclusionMDL(a, instance.Name(), otp)
	return nil
}
