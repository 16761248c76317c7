"use strict";

const assert = require("node:assert/strict");
const { spawn } = require("node:child_process");
const { once } = require("node:events");
const fs = require("node:fs");
const net = require("node:net");
const { tmpdir } = require("node:os");
const path = require("node:path");
const { test } = require("node:test");
const { startLab, useLab } = require("..");

const folder = fs.mkdtempSync(path.join(tmpdir(), "dsappd-test-"));
const library = JSON.stringify(path.join(__dirname, ".."));

test("a lab of its own", async () => {
  const [file, log] = [path.join(folder, "lab.toml"), path.join(folder, "log")];
  fs.writeFileSync(file, '[[user]]\nid = "anna"\npassword = "Wonder-1and"\n');
  const lab = await startLab({ apply: file, at: new Date("2020-02-29T00:00:00Z"), log });
  assert.equal((await lab.clock.now()).getUTCFullYear(), 2020);
  assert.deepEqual((await lab.users()).map((u) => u.userID), ["anna"]);
  assert.ok(fs.existsSync(lab.dir));
  await lab.stop();
  assert.ok(!fs.existsSync(lab.dir) && fs.readFileSync(log, "utf8").includes("lab's request"));
  await assert.rejects(lab.reset(), /has not been started/);
});

test("a lab that does not start", async () => {
  const file = path.join(folder, "bad.toml");
  fs.writeFileSync(file, "[[user]]\n");
  await assert.rejects(startLab({ apply: file }), /does not start: .*bad\.toml: .*has no id/s);
  await assert.rejects(startLab({ args: ["--nonsense"] }), /does not start: unknown flag --nonsense/);
  await assert.rejects(startLab({ binary: "/nowhere/dsappd" }), /\/nowhere\/dsappd.*ENOENT.*install it with: go install github.com\/dsappd/);
  assert.throws(() => useLab({ hooks: {} }), /import them from vitest/);
});

// program runs a program that uses the library, and returns it with what it prints first.
async function program(text) {
  const child = spawn(process.execPath, ["-e", `const { startLab } = require(${library}); ${text}`], { stdio: ["ignore", "pipe", "inherit"] });
  const [said] = await once(child.stdout.setEncoding("utf8"), "data");
  return { child, said: said.trim() };
}

test("a killed program leaves no server", async () => {
  const { child, said } = await program("startLab().then((lab) => { console.log(lab.urls.lab); setTimeout(() => {}, 600_000); });");
  const { hostname, port } = new URL(said);
  const connection = net.connect(Number(port), hostname);
  await once(connection, "connect");
  child.kill("SIGKILL");
  connection.resume();
  await once(connection, "close");
});

test("a program that forgets its lab ends", async () => {
  const { child } = await program("startLab().then((lab) => console.log(lab.urls.lab));");
  const [code] = await once(child, "exit");
  assert.equal(code, 0);
});
