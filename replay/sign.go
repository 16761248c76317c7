package replay

import (
	"fmt"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/oath"
	"github.com/dsappd/dsappd/phone"
)

// sign signs data fields with an authenticator or an instance.
func (p *phones) sign(serial string, fields []string) (string, error) {
	if _, _, err := dsapp.ParseInstanceName(serial); err == nil {
		s, err := p.holder(serial)
		if err != nil {
			return "", err
		}
		return p.device.InstanceSign(s, serial, fields)
	}
	s, err := p.state(serial)
	if err != nil {
		return "", err
	}
	signature, s, err := p.device.Sign(s, fields)
	p.states[serial] = s
	return signature, err
}

// respond returns the response of an authenticator or an instance to a challenge.
func (p *phones) respond(serial, challenge string) (string, error) {
	if _, _, err := dsapp.ParseInstanceName(serial); err == nil {
		i, err := p.instance(serial)
		if err != nil {
			return "", err
		}
		return dsapp.ChallengeResponse(i.Secret, oath.TimeStep(p.device.Now()), dsapp.InstanceParameters(), challenge)
	}
	s, err := p.state(serial)
	if err != nil {
		return "", err
	}
	factor := s.MovingFactor
	if s.Type == oath.TOTP {
		factor = oath.TimeStep(p.device.Now())
	} else {
		s.MovingFactor++
	}
	response, err := dsapp.ChallengeResponse(s.Secret, factor, s.Parameters, challenge)
	if err == nil {
		p.states[serial] = s
	}
	return response, err
}

// answer returns the response of the authenticator or instance that a captured
// request message is for.
func (p *phones) answer(name string) (string, error) {
	text, err := p.capture(name)
	if err != nil {
		return "", err
	}
	message, err := dsapp.ParseRequestMessage(text)
	if err != nil {
		return "", fmt.Errorf("read the request message: %w", err)
	}
	find, of := p.state, message.SerialNumber
	if message.SequenceNumber != 0 {
		find, of = p.holder, message.Name()
	}
	s, err := find(of)
	if err != nil {
		return "", err
	}
	answered, err := p.before(message.Expiry).Answer(s, text)
	return answered.Answer, err
}

// state returns the phone of an authenticator.
func (p *phones) state(serial string) (phone.State, error) {
	s, ok := p.states[serial]
	if !ok {
		return s, fmt.Errorf("%w: %s", errNoSecret, serial)
	}
	return s, nil
}

// instance returns an instance, whichever phone has it.
func (p *phones) instance(name string) (phone.Instance, error) {
	s, err := p.holder(name)
	if err != nil {
		return phone.Instance{}, err
	}
	return s.Instance(name)
}

// holder returns the phone that has an instance.
func (p *phones) holder(name string) (phone.State, error) {
	for of := range p.licences {
		s, err := p.opened(of)
		if err != nil {
			return s, err
		}
		if _, err := s.Instance(name); err == nil {
			return s, nil
		}
	}
	return phone.State{}, fmt.Errorf("%w: %s", errNoSecret, name)
}
