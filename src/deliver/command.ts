// One shell delivery: the environment a command gets, the context on its stdin, and what its end means.

import type { Env } from "../lib/env.ts";
import { type Delivery, isBatch, type Outcome } from "../model/delivery.ts";
import { type Failure, failure } from "../model/failure.ts";
import type { ShellHook } from "../model/hook.ts";
import { resolveReference } from "../model/reference.ts";
import type { Ports, ShellResult } from "../ports.ts";
import { showTarget } from "./target.ts";
import { failed, unsetVariable } from "./unsent.ts";

/** What a command needs of the world. */
export type CommandPorts = Pick<Ports, "clock" | "env" | "shell" | "log">;

/** The runner's own tokens, addresses and command files, our inputs and state, and what would change a Node process. */
const WITHHELD = /^(ACTIONS_.*|GITHUB_(ENV|PATH|OUTPUT|STATE|STEP_SUMMARY)|INPUT_.*|STATE_.*|NODE_OPTIONS)$/i;

/** The process's environment without what is withheld, the event's `HOOK_*`, and the hook's own `env`, which wins. */
function commandEnv(delivery: Delivery<ShellHook>, env: Env) {
	const { hook, events } = delivery;
	const { id, event, run_id, pipeline, status } = events[0].context;
	const batch = isBatch(delivery);
	const result: Record<string, string> = {};
	for (const [name, value] of Object.entries(env)) {
		if (value !== undefined && !WITHHELD.test(name)) result[name] = value;
	}
	Object.assign(result, {
		HOOK_EVENT: batch ? "batch" : event,
		HOOK_RUN_ID: run_id,
		HOOK_PIPELINE: pipeline,
		HOOK_STATUS: status,
		HOOK_ID: batch ? delivery.id : id,
	});
	for (const [name, reference] of hook.env) {
		const resolved = resolveReference(reference, env);
		if (resolved.kind === "unset") return { unset: resolved.variable };
		result[name] = resolved.text;
	}
	return { env: result };
}

/** What a command reads on stdin, as one line of JSON: the context, or the list of them in a batch. */
export function commandInput(delivery: Delivery<ShellHook>): string {
	const contexts = delivery.events.map(({ context }) => context);
	return `${JSON.stringify(isBatch(delivery) ? { events: contexts } : contexts[0])}\n`;
}

/** Runs one shell hook in the workspace, its output shown live in a group. Never throws for what the command does. */
export async function runCommand(
	delivery: Delivery<ShellHook>,
	workspace: string,
	{ clock, env, shell, log }: CommandPorts,
	signal: AbortSignal,
): Promise<Outcome> {
	const { hook } = delivery;
	const prepared = commandEnv(delivery, env);
	if ("unset" in prepared) return failed(delivery, unsetVariable(prepared.unset), env);
	const target = showTarget(hook, env);
	const start = clock.monotonic();
	const show = log.openGroup(`${hook.name}: ${target}`);
	const { command, timeoutMs } = hook;
	const stdin = commandInput(delivery);
	const asked = { command, shell: hook.shell, cwd: workspace, env: prepared.env, stdin, timeoutMs, onLine: show };
	try {
		const why = failureOf(await shell.run(asked, signal), timeoutMs);
		const durationMs = Math.round(clock.monotonic() - start);
		const told = why === undefined ? {} : { failure: why };
		const status = why === undefined ? "delivered" : "failed";
		return {
			delivery,
			status,
			...told,
			reason: "",
			target,
			attempts: [{ durationMs, ...told }],
			durationMs,
			notes: [],
		};
	} finally {
		log.closeGroup();
	}
}

/** Why a command failed; undefined if it did not. What it said last comes first where it ended by itself. */
function failureOf({ end, lastStderr, lastStdout }: ShellResult, timeoutMs: number): Failure | undefined {
	const said = lastStderr || lastStdout;
	const after = said === "" ? "" : `; its last line: ${said}`;
	switch (end.kind) {
		case "exit": {
			const how = `exit code ${end.code}`;
			if (end.code === 0) return undefined;
			if (end.signal !== undefined) return failure("exit", `ended by ${end.signal} (${how})${after}`);
			return failure("exit", said === "" ? how : `${said} (${how})`);
		}
		case "signal":
			return failure("signal", `ended by ${end.signal}${after}`);
		case "timeout":
			return failure("timeout", `not finished within ${timeoutMs} ms${after}`);
		case "cancelled":
			return failure("cancelled", `cancelled${after}`);
		case "not_started":
			return failure("not_started", `could not be started: ${end.detail}`);
	}
}
