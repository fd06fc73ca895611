// Signals to a run that is under way, and how long it takes to end after the first of them.
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished } from "vitest";
import { type Ended, type Interventions, runAction, runCommand } from "./runner.ts";

/** Milliseconds in which a cancelled run has to end: GitHub's runner sends its second signal half a second later. */
const LIMIT_MS = 7000;

/** Signals in their order; a number is a pause in milliseconds. */
export type Signals = readonly (NodeJS.Signals | number)[];

/** Waits for `ready`, sends the signals, and waits for the end, which must come in time. `took` counts from the first. */
export async function cancelled<R extends object>(
	begin: (started: (pid: number) => void) => Promise<R>,
	ready: (pid: number) => Promise<unknown>,
	signals: Signals = ["SIGINT"],
): Promise<R & { readonly took: number }> {
	const pids: number[] = [];
	let isOver = false;
	const running = begin((pid) => pids.push(pid)).finally(() => {
		isOver = true;
	});
	onTestFinished(() => {
		for (const pid of pids) send(pid, "SIGKILL");
	});
	await Promise.race([ready(pids[0] ?? 0), running]);
	expect(isOver, "the run was over before it could be cancelled").toBe(false);
	const start = performance.now();
	for (const signal of signals) {
		if (typeof signal === "number") await sleep(signal);
		else for (const pid of pids) send(pid, signal);
	}
	const run = await running;
	const took = Math.round(performance.now() - start);
	process.stdout.write(`${expect.getState().currentTestName}: ended ${took} ms after the first of ${signals}\n`);
	expect(took).toBeLessThan(LIMIT_MS);
	return { ...run, took };
}

function send(pid: number, signal: NodeJS.Signals): void {
	try {
		process.kill(pid, signal);
	} catch {
		// It has ended, as it may after the first.
	}
}

/** Whether a process heeds signals by now: SIGHUP is the one that Node has no use for by itself. */
export function heedsSignals(pid: number): boolean {
	const status = readFileSync(`/proc/${pid}/status`, "utf8");
	return (Number.parseInt(/^SigCgt:\s+[0-9a-f]*([0-9a-f])$/m.exec(status)?.[1] ?? "0", 16) & 1) === 1;
}

/** What both entries tell of a run. */
export interface Told extends Ended {
	/** `results`, or the problems where nothing was run. */
	readonly document: unknown;
	/** Everything that is written into files for others; undefined of the command, which writes none. */
	readonly written: { readonly summary: string; readonly outputs: Readonly<Record<string, string>> } | undefined;
}

type Entry = (folder: string, given: Pick<Interventions, "started">) => Promise<Told>;

/** Fires pipeline_start through either entry. */
export const ENTRIES: Readonly<Record<"action" | "command", Entry>> = {
	action: async (folder, given) => {
		const run = await runAction({ inputs: { event: "pipeline_start" }, workspace: folder, ...given });
		return { ...run, document: run.results, written: run };
	},
	command: async (folder, given) => {
		const run = await runCommand(["fire", "pipeline_start", "--json"], { workspace: folder, ...given });
		return { ...run, document: JSON.parse(run.stdout), written: undefined };
	},
};

/** The keys of a shell hook whose processes carry this mark in their environment. */
export function shell(name: string, command: string, mark: string, more = ""): string {
	return `[[hook.pipeline_start]]\nname = "${name}"\ncommand = ${JSON.stringify(command)}\nenv = { MARK = "${mark}" }\n${more}\n`;
}

/** Ignores every polite signal for twenty seconds, and makes the file that it is given once it does. */
export const STUBBORN = `trap '' TERM INT HUP; touch "$1"; for n in $(seq 200); do sleep 0.1; done\n`;

let next = 0;

/** A mark that no other process has. */
export function uniqueMark(): string {
	next += 1;
	return `mark-${process.pid}-${next}-of-a-test`;
}
