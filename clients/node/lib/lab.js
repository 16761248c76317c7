"use strict";

const { readFile } = require("node:fs/promises");
const { Controls, LabError, NoRequestError, duration, instant } = require("./controls.js");
const { startProcess } = require("./process.js");

/** The lab's clock, by which every rule and the phones go. */
class Clock {
  #ask;

  constructor(ask) {
    this.#ask = ask;
  }

  /** Returns what the clock shows. */
  async state() {
    return clockState(await this.#ask().get("/clock"));
  }

  /** Returns the clock's time. */
  async now() {
    return (await this.state()).now;
  }

  /** Stops the clock, where it stands or at a time. */
  freeze(at) {
    return this.#move({ do: "freeze", time: instant(at) });
  }

  /** Puts the clock forward to a time. A frozen clock stays frozen there. */
  set(to) {
    return this.#move({ do: "set", time: instant(to) });
  }

  /** Moves the clock forward, by milliseconds or a text such as "10m". */
  advance(by) {
    return this.#move({ do: "advance", by: duration(by) });
  }

  /** Lets a frozen clock run on from where it stands. */
  release() {
    return this.#move({ do: "release" });
  }

  async #move(members) {
    return clockState(await this.#ask().post("/clock", members));
  }
}

function clockState({ now, ...rest }) {
  return { now: new Date(now), ...rest };
}

/** The faults of a lab. There are none until a test adds one. */
class Faults {
  #ask;

  constructor(ask) {
    this.#ask = ask;
  }

  /** Adds a fault and returns it. docs/lab-faults.md describes each. */
  add(deed, options = {}) {
    const delay = options.delay === undefined ? {} : { delay: duration(options.delay) };
    return this.#ask().post("/faults", { ...options, ...delay, do: deed });
  }

  /** Returns the faults, with how many requests each has fitted and struck. */
  async list() {
    return (await this.#ask().get("/faults")).faults;
  }

  /** Removes a fault, or all. */
  async clear(fault) {
    const id = typeof fault === "object" ? fault.id : fault;
    await this.#ask().delete(id === undefined ? "/faults" : `/faults/${id}`);
  }
}

/** A simulated phone that has activated. A reset forgets it. */
class Phone {
  #ask;

  constructor(ask, { serialNumber, userID, calls }) {
    this.#ask = ask;
    Object.assign(this, { serialNumber, userID, calls });
  }

  /** Returns the phone's next one-time password. */
  async otp() {
    return (await this.#ask().post("/phone/otp", { serialNumber: this.serialNumber })).otp;
  }
}

/** A server, and the controls of it. startLab, connectLab and useLab make one. */
class Lab {
  #controls;
  #process;
  #ask = () => {
    if (!this.#controls) {
      throw new LabError("the lab has not been started: useLab starts it in beforeAll, so use it inside a test or a hook");
    }
    return this.#controls;
  };

  constructor() {
    this.urls = {};
    this.dir = "";
    this.clock = new Clock(this.#ask);
    this.faults = new Faults(this.#ask);
  }

  /** Starts a server from memory, on free ports of this machine. */
  async start({ binary, apply, at, log, args = [] } = {}) {
    if (this.#controls) {
      throw new LabError("the lab has been started already: stop it first");
    }
    const options = ["dev", "--json", "--free-ports", "--until-eof"];
    if (apply !== undefined) {
      options.push("--apply", apply);
    }
    if (at !== undefined) {
      options.push("--at", instant(at));
    }
    if (log === undefined) {
      options.push("--quiet");
    }
    this.#process = await startProcess(binary, [...options, ...args], log);
    this.dir = this.#process.shown.dir;
    this.urls = this.#process.shown.urls;
    this.#controls = new Controls(this.urls.lab);
    return this;
  }

  /** Steers a lab that somebody else has started, at the URL of its controls. */
  async connect(url) {
    const controls = new Controls(url);
    this.urls = (await controls.get("")).urls;
    this.#controls = controls;
    return this;
  }

  /** Ends the server, if start started it, and waits until it has ended. */
  async stop() {
    const process = this.#process;
    this.#process = this.#controls = undefined;
    await process?.stop();
  }

  /** Brings back what the lab began with: records, clock, no faults, no phones and no requests. */
  async reset() {
    await this.#ask().post("/reset");
  }

  /** Keeps the records under a name. */
  async snapshot(name) {
    await this.#ask().post("/snapshot", { name });
  }

  /** Brings back the records of a snapshot. */
  async restore(name) {
    await this.#ask().post("/restore", { name });
  }

  /** Makes the records what a file says, and returns the changes. A plan makes none. */
  async apply(file, { prune, plan } = {}) {
    return (await this.#ask().post("/apply", { file: await readFile(file, "utf8"), prune, plan })).changes;
  }

  /** Returns the users, one for each authenticator. */
  async users() {
    return (await this.#ask().get("/users")).users;
  }

  /** Returns a user, with the next one-time password of the first authenticator. */
  async user(userID, domain = "master") {
    const { users } = await this.#ask().get("/users", { user: userID, domain });
    if (users.length === 0) {
      throw new LabError(`there is no user "${userID}" in domain "${domain}": users() lists those that there are`);
    }
    return users[0];
  }

  /** Returns the API key of the gateway of this name. */
  gatewayKey(name = "lab-front") {
    return this.#key("gatewayKeys", name);
  }

  /** Returns the key of the Platform API of this name. */
  platformKey(name = "lab-platform") {
    return this.#key("platformKeys", name);
  }

  /** Returns the API key of a service user. */
  serviceKey(userID = "robot") {
    return this.#key("serviceKeys", userID);
  }

  async #key(kind, name) {
    const keys = (await this.#ask().get(""))[kind];
    if (!Object.hasOwn(keys, name)) {
      throw new LabError(`the lab knows no key "${name}" among its ${kind}: it knows ${Object.keys(keys).sort().join(", ") || "none"}`);
    }
    return keys[name];
  }

  /** Registers a user by SOAP, as a client would. What is left out is as the sample has it. */
  register(userID, { domain, password, component } = {}) {
    return this.#ask().post("/register", { userID, domain, password, componentType: component });
  }

  /** Has a simulated phone activate: for a user, by a registration, or by { image }. */
  async activate(by, { domain, password, component } = {}) {
    let members = { image: by?.image };
    if (typeof by === "string") {
      members = { userID: by, domain, password };
    } else if (by?.registrationID !== undefined) {
      members = { registrationID: by.registrationID, activationPassword: by.activationPassword };
    }
    return new Phone(this.#ask, await this.#ask().post("/phone", { ...members, componentType: component ?? by?.componentType }));
  }

  /** Returns the requests so far that fit, the oldest first. */
  requests(filter = {}) {
    return this.#find(filter, 0);
  }

  /** Returns the first request that fits, once it has come. */
  async waitForRequest({ timeout = 5000, ...filter } = {}) {
    const found = await this.#find(filter, timeout);
    if (found.length > 0) {
      return found[0];
    }
    const words = Object.entries(filter).map(([name, value]) => `${name} "${value}"`).join(", ") || "anything";
    const came = (await this.requests()).slice(-10).map((r) =>
      `\n  ${r.number}: ${r.door} ${r.operation ?? `${r.method} ${r.path}`} ${r.user ?? "-"} HTTP ${r.http} ${r.status ?? ""} ${r.reason ?? ""}`);
    throw new NoRequestError(`no request came within ${timeout} ms that fits ${words}. What came:${came.join("") || " nothing"}`);
  }

  async #find(filter, wait) {
    const { requests } = await this.#ask().get("/requests", { ...filter, wait: duration(wait) }, wait + 60_000);
    return requests.map((r) => ({ ...r, time: new Date(r.time) }));
  }
}

/** Starts a lab. Stop it when it is no longer needed. */
function startLab(options) {
  return new Lab().start(options);
}

/** Steers a lab that somebody else has started. */
function connectLab(url) {
  return new Lab().connect(url);
}

module.exports = { Lab, startLab, connectLab };
