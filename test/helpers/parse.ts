// Configs written in a test: parsed, or with what is wrong with them.

import { WARNINGS } from "../../scripts/explanations.ts";
import { advise } from "../../src/config/advice.ts";
import { parseConfig } from "../../src/config/load.ts";
import * as managing from "../../src/config/managing.ts";
import type { Config, Hook, ShellHook, Webhook } from "../../src/model/hook.ts";
import { type Problem, UserError, type Warning } from "../../src/model/problem.ts";

export type Dialect = "native" | "rocky";

export function parse(source: string, dialect: Dialect = "native"): Config {
	return parseConfig(source, "hooks.toml", dialect, advise, managing);
}

/** All that is wrong with a config; empty when nothing is. */
export function problemsOf(source: string, dialect: Dialect = "native"): readonly Problem[] {
	return told(source, dialect).filter(({ code }) => !(code in WARNINGS));
}

/** All that is told of a config: what is wrong with it, else its warnings. */
export function told(source: string, dialect: Dialect = "native"): readonly Problem[] {
	try {
		return parse(source, dialect).warnings;
	} catch (error) {
		if (error instanceof UserError) return error.problems;
		throw error;
	}
}

/** The same as `line:column message`, for reading at a glance. */
export function mistakes(source: string, dialect: Dialect = "native"): string[] {
	return problemsOf(source, dialect).map(({ message, place }) => `${place?.line}:${place?.column} ${message}`);
}

/** The warnings of a valid config, as `line:column code: message`. */
export function warned(source: string, dialect: Dialect = "native"): string[] {
	return parse(source, dialect).warnings.map(({ code, message, place }) => {
		return `${place?.line}:${place?.column} ${code}: ${message}`;
	});
}

/** The only warning of a valid config; fails the test when there are more or none. */
export function onlyWarning(source: string, dialect: Dialect = "native"): Warning {
	const [warning, ...more] = parse(source, dialect).warnings;
	if (warning === undefined || more.length > 0) throw new Error(`expected one warning, got ${warned(source, dialect)}`);
	return warning;
}

/** The only problem of a config; fails the test when there are more or none. */
export function onlyProblem(source: string, dialect: Dialect = "native"): Problem {
	const [problem, ...more] = problemsOf(source, dialect);
	if (problem === undefined || more.length > 0)
		throw new Error(`expected one problem, got ${mistakes(source, dialect)}`);
	return problem;
}

/** The only webhook of a config. */
export function webhook(source: string, dialect: Dialect = "native"): Webhook {
	const hook = onlyHook(source, dialect);
	if (hook.kind !== "webhook") throw new Error("expected a webhook");
	return hook;
}

/** The only shell hook of a config. */
export function shell(source: string, dialect: Dialect = "native"): ShellHook {
	const hook = onlyHook(source, dialect);
	if (hook.kind !== "shell") throw new Error("expected a shell hook");
	return hook;
}

function onlyHook(source: string, dialect: Dialect): Hook {
	const { hooks } = parse(source, dialect);
	const [hook] = hooks;
	if (hook === undefined || hooks.length > 1) throw new Error(`expected one hook, got ${hooks.length}`);
	return hook;
}
