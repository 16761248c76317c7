"use strict";

const { spawn } = require("node:child_process");
const fs = require("node:fs");
const readline = require("node:readline");
const { LabError } = require("./controls.js");

const INSTALL = "go install github.com/dsappd/dsappd/cmd/dsappd@latest";
const READY_MILLISECONDS = 60_000;
const END_MILLISECONDS = 20_000;
const KEPT = 64 * 1024;

/** Explains why a program cannot be started. */
function startFailure(program, named, cause) {
  const why = named
    ? `${program}, which the variable DSAPPD or the option binary names, cannot be run (${cause.code}): give its path, or install it with: ${INSTALL}`
    : `there is no program dsappd on the PATH: install it with: ${INSTALL}, or name its path in the variable DSAPPD`;
  return new LabError(why, 0, { cause });
}

/** Reads why a server did not start from what it said. */
function endReason(said, code, log) {
  if (log) {
    return `dsappd ended with exit code ${code}; ${log} says why`;
  }
  const text = said.trim();
  try {
    const { error } = JSON.parse(text.split("\n").pop());
    return `dsappd does not start: ${error.message}${error.hint ? `: ${error.hint}` : ""}`;
  } catch {
    return `dsappd does not start: exit code ${code}, and it says: ${text || "nothing"}`;
  }
}

/**
 * Starts a server, and returns what it prints when it is ready, its pid and what
 * ends it. It ends with this process, however that ends: it reads a pipe that
 * only this process holds. It does not keep this process from ending.
 */
async function startProcess(binary, args, log) {
  const named = binary ?? process.env.DSAPPD;
  const program = named || "dsappd";
  const file = log === undefined ? undefined : fs.openSync(log, "a");
  // A session of its own keeps a Ctrl-C that is meant for the tests away from it.
  const child = spawn(program, args, { stdio: ["pipe", "pipe", file ?? "pipe"], detached: process.platform !== "win32", windowsHide: true });
  if (file !== undefined) {
    fs.closeSync(file);
  }
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text) => { said = (said + text).slice(-KEPT); });
  child.stdin.on("error", () => {}); // it has ended already
  const ended = new Promise((resolve, reject) => {
    child.once("error", (cause) => reject(startFailure(program, named, cause)));
    child.once("close", (code, signal) => resolve(code ?? signal));
  });
  ended.catch(() => {}); // start tells
  const late = setTimeout(() => child.kill("SIGKILL"), READY_MILLISECONDS);
  const line = new Promise((resolve) => readline.createInterface({ input: child.stdout }).once("line", resolve).once("close", () => resolve(undefined)));
  const first = await Promise.race([line, ended.then(() => undefined)]).finally(() => clearTimeout(late));
  if (first === undefined) {
    const code = await ended; // by then it has said all
    throw new LabError(endReason(said, code, log));
  }
  const held = [child, child.stdin, child.stdout, child.stderr].filter(Boolean);
  held.forEach((handle) => handle.unref());
  const stop = async () => {
    held.forEach((handle) => handle.ref());
    const late = setTimeout(() => child.kill("SIGKILL"), END_MILLISECONDS);
    child.stdin.end();
    await ended.finally(() => clearTimeout(late));
  };
  return { shown: JSON.parse(first), pid: child.pid, stop };
}

module.exports = { startProcess };
