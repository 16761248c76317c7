"use strict";

const assert = require("node:assert/strict");
const { mkdtemp, writeFile } = require("node:fs/promises");
const { tmpdir } = require("node:os");
const path = require("node:path");
const { after, before, beforeEach, describe, test } = require("node:test");
const { LabError, NoRequestError, connectLab, useLab } = require("..");

async function register(lab, user, password = "Password2") {
  const body = `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><p:dsappSRPRegister
    xmlns:p="http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning"><componentType>srp-component</componentType>
    <user><userID>${user}</userID></user><credential><staticPassword>${password}</staticPassword></credential></p:dsappSRPRegister></e:Body></e:Envelope>`;
  const response = await fetch(lab.urls.soap, { method: "POST", headers: { "Content-Type": "text/xml" }, body });
  await response.text();
  return response.status;
}

describe("a lab", () => {
  const lab = useLab({ hooks: { before, beforeEach, after } });

  test("what it has", async () => {
    for (const door of ["soap", "gateway", "console", "platform", "operator", "lab"]) {
      assert.match(lab.urls[door], /^http:\/\/127\.0\.0\.1:\d+\/$/);
    }
    const { password, serialNumber, type, otp } = await lab.user("user2");
    assert.deepEqual([password, serialNumber, type, otp], ["Password2", "VDS1000141", "hotp", "755224"]);
    assert.equal((await lab.users()).length, 9);
    assert.deepEqual([await lab.gatewayKey(), await lab.platformKey()], ["lab-front-key", "lab-platform-key"]);
    assert.match(await lab.serviceKey(), /0001$/);
    await assert.rejects(lab.gatewayKey("mine"), { name: "LabError", message: /no key "mine".*lab-back, lab-front/ });
    assert.equal((await (await connectLab(lab.urls.lab)).user("user2")).otp, "755224");
  });

  test("a phone", async () => {
    const phone = await lab.activate("user2");
    const first = await phone.otp();
    assert.deepEqual([phone.serialNumber, phone.userID], ["VDS1000141", "user2"]);
    assert.ok(/^\d{6}$/.test(first) && (await phone.otp()) !== first && phone.calls.length >= 3);
    assert.equal((await lab.activate(await lab.register("user6"))).serialNumber, "VDM1000001-1");
    await assert.rejects(lab.activate({ image: "00" }), /image cannot be read/);
  });

  test("the clock", async () => {
    const registration = await lab.register("user1");
    await lab.clock.advance(11 * 60_000);
    await assert.rejects(lab.activate(registration), /granted the phone 0 calls/);
    const noon = new Date("2040-05-01T12:00:00.250Z");
    assert.equal((await lab.clock.freeze(noon)).frozen, true);
    assert.deepEqual((await lab.clock.advance("1h")).now, new Date("2040-05-01T13:00:00.250Z"));
    assert.equal((await lab.clock.set("2040-05-02T00:00:00Z")).frozen, true);
    assert.equal((await lab.clock.release()).frozen, false);
    assert.ok((await lab.clock.now()) > noon);
    await assert.rejects(lab.clock.set(noon), (error) => error instanceof LabError && error.status === 400 && /does not go back/.test(error.message));
  });

  test("faults", async () => {
    const fault = await lab.faults.add("unavailable", { operation: "dsappSRPRegister", nth: 2 });
    const statuses = [];
    for (let i = 0; i < 3; i++) {
      statuses.push(await register(lab, "user1"));
    }
    assert.deepEqual(statuses, [200, 503, 200]);
    assert.equal((await lab.faults.list())[0].struck, 1);
    assert.equal((await lab.requests())[1].fault, fault.id);
    await lab.faults.clear(fault);
    await lab.faults.add("delay", { delay: 5 });
    await lab.faults.clear();
    assert.deepEqual(await lab.faults.list(), []);
    await assert.rejects(lab.faults.add("delay", { operation: "dsappSRPActivat", delay: 1 }), /nearest is dsappSRPActivate/);
  });

  test("requests", async () => {
    const waiting = lab.waitForRequest({ operation: "dsappSRPRegister", user: "user1", timeout: 30_000 });
    await register(lab, "user1", "wrong");
    const seen = await waiting;
    assert.ok(seen.status !== "STAT_SUCCESS" && seen.http === 200 && seen.time instanceof Date);
    assert.ok(seen.request.includes("user1") && !seen.request.includes("wrong"));
    await assert.rejects(lab.waitForRequest({ user: "user3", timeout: 10 }), (error) =>
      error instanceof NoRequestError && /fits user "user3".*\n {2}\d+: soap dsappSRPRegister user1/.test(error.message));
  });

  test("state", async () => {
    const phone = await lab.activate("user2");
    await lab.snapshot("active");
    const otp = await phone.otp();
    await lab.restore("active");
    assert.equal(await phone.otp(), otp);
    await assert.rejects(lab.restore("other"), /no snapshot "other"/);
    await lab.reset();
    assert.deepEqual(await lab.requests(), []);
    await assert.rejects(phone.otp(), /no phone of the lab/);
  });

  test("a file", async () => {
    const file = path.join(await mkdtemp(path.join(tmpdir(), "dsappd-test-")), "lab.toml");
    await writeFile(file, '[[user]]\nid = "žofie"\npassword = "Wonder-1and"\n[[platform_key]]\nname = "mine"\n');
    assert.deepEqual((await lab.apply(file, { plan: true })).map((c) => c.what), ["user žofie of master", "platform key mine"]);
    const [, key] = await lab.apply(file);
    assert.equal(key.key, await lab.platformKey("mine"));
    assert.deepEqual(await lab.apply(file), []);
    assert.equal((await lab.user("žofie")).password, "Wonder-1and");
    await writeFile(file, "[[user]]\nname = 1\n");
    await assert.rejects(lab.apply(file), /says nothing here/);
  });
});
