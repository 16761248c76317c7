"use strict";

const { LabError, NoRequestError } = require("./lib/controls.js");
const { Lab, startLab, connectLab } = require("./lib/lab.js");
const { useLab } = require("./lib/hooks.js");

module.exports = { Lab, LabError, NoRequestError, startLab, connectLab, useLab };
