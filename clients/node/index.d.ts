/** What a control throws when it refuses, with the server's sentence. */
export class LabError extends Error {
  /** The status of HTTP; 0 where there was no answer. */
  readonly status: number;
}

/** What waitForRequest throws when no request came in time that fits. */
export class NoRequestError extends LabError {}

export interface Options {
  /** The program; else what the variable DSAPPD names, or dsappd of the PATH. */
  binary?: string;
  /** A file whose records are there in place of the sample. */
  apply?: string;
  /** When the clock begins. */
  at?: Date | string;
  /** A file that gets the server's log. */
  log?: string;
  /** More arguments of dsappd dev. */
  args?: string[];
}

type Hook = (fn: () => Promise<void>) => unknown;

/** The hooks of vitest, jest or node:test. */
export interface Hooks {
  beforeAll?: Hook;
  before?: Hook;
  beforeEach: Hook;
  afterAll?: Hook;
  after?: Hook;
}

/** Where a lab answers, as http://HOST:PORT/. */
export interface URLs {
  soap: string;
  gateway?: string;
  console?: string;
  platform?: string;
  watch?: string;
  operator?: string;
  lab: string;
}

/** A user, with an authenticator or without any. */
export interface User {
  userID: string;
  domain: string;
  password?: string;
  serialNumber?: string;
  type?: "hotp" | "totp" | "licence";
  /** Whether a server PIN stands before the one-time password. */
  pin: boolean;
  /** The next one-time password that the server expects; it is not spent. */
  otp?: string;
}

export interface Registration {
  registrationID: string;
  activationPassword: string;
  serialNumber: string;
  componentType?: string;
}

/** Who registers, where that is not as the sample has it. */
export interface As {
  domain?: string;
  password?: string;
  component?: string;
}

/** Which requests are meant. What is left out fits every request. */
export interface Filter {
  operation?: string;
  user?: string;
  status?: string;
  component?: string;
  registration?: string;
  door?: string;
  after?: number;
}

/** A request that the lab got, and what became of it. */
export interface LabRequest {
  number: number;
  requestID: string;
  time: Date;
  door: string;
  remote: string;
  method: string;
  path: string;
  /** The status of HTTP; 0: there was no reply. */
  http: number;
  tookSeconds: number;
  fault?: number;
  operation?: string;
  component?: string;
  user?: string;
  domain?: string;
  registrationID?: string;
  serialNumber?: string;
  status?: string;
  reason?: string;
  /** The envelopes of SOAP, without their secrets. */
  request?: string;
  reply?: string;
}

export interface ClockState {
  now: Date;
  frozen: boolean;
  aheadSeconds: number;
}

export type Deed = "status" | "fault" | "unavailable" | "reset-before" | "reset-after" | "truncate" | "duplicate" | "slow" | "delay";

export interface FaultOptions {
  door?: string;
  operation?: string;
  component?: string;
  user?: string;
  nth?: number;
  times?: number;
  chance?: number;
  seed?: number;
  status?: string;
  words?: string;
  /** Milliseconds, or a text such as "2s". */
  delay?: number | string;
}

export interface Fault extends Omit<FaultOptions, "delay"> {
  /** The number in the header Dsappd-Fault of the replies that it touches. */
  id: number;
  do: Deed;
  delay?: string;
  fitted: number;
  struck: number;
}

export interface Change {
  do: "add" | "change" | "delete";
  what: string;
  detail?: string;
  /** The key that was drawn. */
  key?: string;
}

/** The lab's clock, by which every rule and the phones go. It never goes back, except by a reset. */
export interface Clock {
  state(): Promise<ClockState>;
  now(): Promise<Date>;
  freeze(at?: Date | string): Promise<ClockState>;
  set(to: Date | string): Promise<ClockState>;
  /** Moves the clock forward, by milliseconds or a text such as "10m". */
  advance(by: number | string): Promise<ClockState>;
  release(): Promise<ClockState>;
}

/** The faults of a lab. There are none until a test adds one. */
export interface Faults {
  add(deed: Deed, options?: FaultOptions): Promise<Fault>;
  list(): Promise<Fault[]>;
  clear(fault?: Fault | number): Promise<void>;
}

/** A simulated phone that has activated. A reset forgets it. */
export interface Phone {
  readonly serialNumber: string;
  readonly userID?: string;
  /** The calls that it made for its activation. */
  readonly calls: string[];
  otp(): Promise<string>;
}

/** A server, and the controls of it. */
export class Lab {
  readonly urls: URLs;
  /** What DSAPPD_DIR names for the commands of operators; empty without start. */
  readonly dir: string;
  readonly clock: Clock;
  readonly faults: Faults;
  start(options?: Options): Promise<Lab>;
  connect(url: string): Promise<Lab>;
  stop(): Promise<void>;
  reset(): Promise<void>;
  snapshot(name: string): Promise<void>;
  restore(name: string): Promise<void>;
  apply(file: string, options?: { prune?: boolean; plan?: boolean }): Promise<Change[]>;
  users(): Promise<User[]>;
  user(userID: string, domain?: string): Promise<User>;
  gatewayKey(name?: string): Promise<string>;
  platformKey(name?: string): Promise<string>;
  serviceKey(userID?: string): Promise<string>;
  register(userID: string, as?: As): Promise<Registration>;
  activate(by: string | Registration | { image: string }, as?: As): Promise<Phone>;
  requests(filter?: Filter): Promise<LabRequest[]>;
  waitForRequest(filter?: Filter & { timeout?: number }): Promise<LabRequest>;
}

/** Starts a lab. Stop it when it is no longer needed. */
export function startLab(options?: Options): Promise<Lab>;

/** Steers a lab that somebody else has started, at the URL of its controls. */
export function connectLab(url: string): Promise<Lab>;

/** Serves a lab for the tests of a file, and resets it before each. */
export function useLab(options?: Options & { hooks?: Hooks }): Lab;
