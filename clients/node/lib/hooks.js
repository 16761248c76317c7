"use strict";

const { LabError } = require("./controls.js");
const { Lab } = require("./lab.js");

/**
 * Serves a lab for the tests of a file: starts it before all of them, resets it
 * before each, and stops it after all. Where the variable DSAPPD_LAB names the
 * controls of a running lab, it is steered instead.
 */
function useLab({ hooks = globalThis, ...options } = {}) {
  const beforeAll = hooks.beforeAll ?? hooks.before;
  const afterAll = hooks.afterAll ?? hooks.after;
  const { beforeEach } = hooks;
  if (!beforeAll || !beforeEach || !afterAll) {
    throw new LabError("useLab finds no beforeAll, beforeEach and afterAll: import them from vitest, @jest/globals or node:test, and give { hooks: { beforeAll, beforeEach, afterAll } }");
  }
  const lab = new Lab();
  const running = process.env.DSAPPD_LAB;
  beforeAll(async () => { await (running ? lab.connect(running) : lab.start(options)); });
  beforeEach(() => lab.reset());
  afterAll(() => lab.stop());
  return lab;
}

module.exports = { useLab };
