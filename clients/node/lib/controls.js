"use strict";

/** What is thrown when a control refuses, with the server's sentence. */
class LabError extends Error {
  /** status is that of HTTP; 0 where there was no answer. */
  constructor(message, status = 0, options) {
    super(message, options);
    this.name = new.target.name;
    this.status = status;
  }
}

/** What is thrown when no request came in time that fits. */
class NoRequestError extends LabError {}

/** Asks the controls of a lab, which are JSON over HTTP. */
class Controls {
  constructor(url) {
    this.url = url.replace(/\/+$/, "");
  }

  get(path, query = {}, milliseconds = 60_000) {
    const given = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== undefined && value !== ""));
    return this.#ask("GET", `${given}` === "" ? path : `${path}?${given}`, undefined, milliseconds);
  }

  post(path, members = {}) {
    return this.#ask("POST", path, JSON.stringify(members), 120_000);
  }

  delete(path) {
    return this.#ask("DELETE", path, undefined, 60_000);
  }

  async #ask(method, path, body, milliseconds) {
    const headers = body === undefined ? {} : { "Content-Type": "application/json" };
    let response, answer;
    try {
      response = await fetch(`${this.url}/lab${path}`, { method, body, headers, signal: AbortSignal.timeout(milliseconds) });
      answer = await response.json();
    } catch (cause) {
      if (response) {
        throw new LabError(`HTTP ${response.status} from ${this.url}, which is no lab: give the URL that dsappd dev prints for the lab's controls`, response.status, { cause });
      }
      throw new LabError(`the lab at ${this.url} does not answer ${method} /lab${path}: ${cause.cause?.message ?? cause.message}`, 0, { cause });
    }
    if (!response.ok) {
      throw new LabError(answer.error?.message ?? `HTTP ${response.status}`, response.status);
    }
    return answer;
  }
}

/** Writes a time span as the controls read it: milliseconds, or a text such as "10m". */
function duration(span) {
  return typeof span === "number" ? `${span}ms` : span;
}

/** Writes a time by RFC 3339: a Date, or a text that is one already. */
function instant(time) {
  return time instanceof Date ? time.toISOString() : time;
}

module.exports = { Controls, LabError, NoRequestError, duration, instant };
