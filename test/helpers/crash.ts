// Makes a process crash, at some moment, with an error that quotes everything that the process was given.

/** When it crashes, by the value of the variable CRASH. */
export const MOMENTS = [
	"before the config is read",
	"before the event is made",
	"while a request is sent",
	"in a timer",
	"in a promise that nobody awaits",
	"while the results are written",
] as const;

/** For `node --require`. */
export const CRASH = `"use strict";
const fs = require("node:fs");
const { syncBuiltinESMExports } = require("node:module");
const path = require("node:path");
const { writeFileSync, readFileSync } = fs;
const { resolve } = path;

const quoted = () => [...Object.values(process.env), readFileSync("pipeline-hooks.toml", "utf8")].join(" and ");
const error = (more) => {
	const made = new Error("crashed with " + quoted(), { cause: new TypeError("because of " + quoted()) });
	return Object.assign(made, { headers: { all: quoted() } }, more);
};
const fail = () => {
	throw error();
};
// Only once a command is started the config has been read, however slow the machine is.
const onceStarted = (crash) => {
	const child = require("node:child_process");
	const { spawn } = child;
	child.spawn = (...given) => {
		setTimeout(crash, 0);
		return spawn(...given);
	};
};
const moments = {
	"before the config is read": () => {
		path.resolve = (...parts) => (String(parts).endsWith(".toml") ? fail() : resolve(...parts));
	},
	"before the event is made": () => {
		require("node:crypto").randomUUID = fail;
	},
	"while a request is sent": () => {
		require("node:http").request = () => {
			throw error({ code: "crashed with " + quoted() });
		};
	},
	"in a timer": () => onceStarted(fail),
	"in a promise that nobody awaits": () => onceStarted(() => Promise.reject(error())),
	"while the results are written": () => {
		fs.writeFileSync = (path, ...rest) => (String(path).includes("results-") ? fail() : writeFileSync(path, ...rest));
	},
};
moments[process.env.CRASH]?.();
syncBuiltinESMExports();
`;
