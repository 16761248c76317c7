package platform_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/dsappd/dsappd/dsapp"
	"github.com/dsappd/dsappd/oath"
)

// A user signs data fields, and the request that the device shows. Either
// signature is accepted once.
func TestTransactions(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	const path = "/v1/users/user2@master/transactions/validate"
	secret, parameters := []byte("12345678901234567890"), oath.Parameters{Type: oath.HOTP, Algorithm: oath.SHA1, Digits: 6}
	question, err := dsapp.DataQuestion([]string{"100", "", "EUR"})
	l.must(err)
	signed, err := dsapp.Sign(secret, 0, parameters, question)
	l.must(err)
	standard := fmt.Sprintf(`{"objectType": "TransactionValidationInput", "data": {"standard": {"dataFields": ["100", "", "EUR"], "signature": %q}}}`, signed)
	accepted := l.ask(http.StatusOK, "POST", path, standard)
	l.session(accepted.member(t, "requestID"), "accepted")
	again := l.ask(http.StatusConflict, "POST", path, standard)
	if again.member(t, "message") != "Authentication failed" {
		t.Errorf("%s", again.body)
	}
	l.session(again.header.Get("log-correlation-id"), "refused")

	asked := l.ask(http.StatusOK, "POST", path, `{"objectType": "TransactionValidationInput", "orchestrationDelivery": ["requestMessage"],
		"data": {"transactionMessage": {"dataFields": [{"key": {"text": "to"}, "value": {"text": "Anna"}}]}}}`)
	id := asked.member(t, "requestID")
	if asked.member(t, "sessionStatus") != "pending" || asked.member(t, "requestMessage") == "" {
		t.Errorf("%s", asked.body)
	}
	l.session(id, "pending")
	wrong := fmt.Sprintf(`{"objectType": "AdaptiveTransactionValidationInput", "data": {"secureChannel": {"requestID": %q, "signature": "12345678"}}}`, id)
	l.ask(http.StatusConflict, "POST", path, wrong)
	spent := l.ask(http.StatusConflict, "POST", path, wrong)
	if spent.member(t, "message") != "Request ID is invalid" {
		t.Errorf("%s", spent.body)
	}
	l.ask(http.StatusConflict, "POST", "/v1/users/nobody/transactions/validate", `{"objectType": "TransactionValidationInput", "orchestrationDelivery": ["requestMessage"],
		"data": {"transactionMessage": {"dataFields": [{"value": {"text": "Anna"}}]}}}`)
}

// What is wrong with a transaction is said all at once.
func TestTransactionsMalformed(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	for data, want := range map[string]string{
		``:             `data is missing`,
		`"data": {}`:   `data is empty`,
		`"data": "no"`: `data is not an object`,
		`"data": {"standard": {}, "secureChannel": {}}`:                                                `data.secureChannel is there beside standard`,
		`"data": {"standard": {"dataFields": [1, 2, 3, 4, 5, 6, 7, 8, 9], "signature": "1"}}`:          `data.standard.dataFields has 9 texts`,
		`"data": {"standard": {"dataFields": ["1"], "signature": "x"}}`:                                `data.standard.signature has not its form`,
		`"data": {"secureChannel": {"requestID": "x", "signature": "1"}}`:                              `data.secureChannel.requestID has not its form`,
		`"orchestrationDelivery": ["requestMessage"], "data": {"transactionMessage": {}}`:              `data.transactionMessage.dataFields is missing or empty`,
		`"orchestrationDelivery": 1, "data": {"transactionMessage": {"dataFields": ["x"]}}`:            `orchestrationDelivery is not an array`,
		`"data": {"transactionMessage": {"dataFields": [{"key": "to", "value": {"text": ["deep"]}}]}}`: `data.transactionMessage.dataFields[0].key is not an object`,
	} {
		body := strings.TrimSuffix(`{"objectType": "TransactionValidationInput", `+data, ", ") + "}"
		a := l.ask(http.StatusBadRequest, "POST", "/v1/users/user2/transactions/validate", body)
		if !strings.Contains(a.body, want) {
			t.Errorf("%s: %s; want %q", data, a.body, want)
		}
	}
}
