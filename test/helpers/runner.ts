// Runs the built action and the built command in processes of their own, as a runner and a person would.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

/** A folder that is gone after the test, with these files in it. */
export function workspace(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
	const folder = mkdtempSync(join(tmpdir(), "scenario-"));
	onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
	for (const [name, content] of Object.entries(files)) {
		mkdirSync(dirname(join(folder, name)), { recursive: true });
		writeFileSync(join(folder, name), content);
	}
	return folder;
}

export interface Ended {
	readonly code: number | null;
	readonly signal: string | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** What a run gets from outside while it is under way. */
export interface Interventions {
	readonly input?: string;
	/** Sends SIGTERM when it resolves. */
	readonly cancel?: Promise<unknown>;
	/** Gets the process as soon as it is there. */
	readonly started?: (pid: number) => void;
}

/** Runs a program to its end. The environment is exactly `env`. */
export function runProgram(
	program: string,
	args: readonly string[],
	{ cwd, env, input, cancel, started }: { cwd: string; env: Readonly<Record<string, string>> } & Interventions,
): Promise<Ended> {
	return new Promise((resolve, reject) => {
		const child = spawn(program, args, { cwd, env, stdio: "pipe" });
		if (child.pid !== undefined) started?.(child.pid);
		let stdout = "";
		let stderr = "";
		child.stdout.setEncoding("utf8").on("data", (text: string) => {
			stdout += text;
		});
		child.stderr.setEncoding("utf8").on("data", (text: string) => {
			stderr += text;
		});
		child.on("error", reject);
		child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
		child.stdin.on("error", () => {});
		child.stdin.end(input ?? "");
		cancel?.then(() => child.kill("SIGTERM"), reject);
	});
}

/** What every process needs, and nothing of the machine's that would change what is tested. */
export const BASE_ENV: Readonly<Record<string, string>> = { PATH: process.env["PATH"] ?? "", HOME: tmpdir() };

/** One annotation as the runner reads it off a line. */
export interface Annotation {
	readonly kind: "error" | "warning" | "notice";
	readonly properties: Readonly<Record<string, string>>;
	readonly message: string;
}

export interface ActionRun extends Ended {
	/** stdout without the lines that tell masks. */
	readonly log: string;
	readonly masks: readonly string[];
	/** Every workflow command but masks, in order: what the runner would act on. */
	readonly commands: readonly string[];
	readonly annotations: readonly Annotation[];
	readonly outputs: Readonly<Record<string, string>>;
	/** What it leaves for its `post`. */
	readonly state: Readonly<Record<string, string>>;
	readonly summary: string;
	/** The parsed `results` output, or undefined. */
	readonly results: unknown;
}

export interface ActionGiven {
	/** Inputs by their names in action.yml. */
	readonly inputs: Readonly<Record<string, string>>;
	readonly workspace: string;
	/** The file that the runner calls; by default that of action.yml. */
	readonly script?: string;
	/** Of a `post`: what its main has left. */
	readonly state?: ActionRun["state"];
	readonly env?: Readonly<Record<string, string>>;
	/** The event payload; GITHUB_EVENT_NAME goes into `env`. */
	readonly payload?: unknown;
	readonly cancel?: Interventions["cancel"];
	readonly started?: Interventions["started"];
	/** Runs the process elsewhere, such as in a network of its own. */
	readonly run?: typeof runProgram;
}

/** Runs dist/action as GitHub's runner does. */
export async function runAction(given: ActionGiven): Promise<ActionRun> {
	const temp = workspace({
		output: "",
		summary: "",
		env: "",
		state: "",
		path: "",
		"event.json": JSON.stringify(given.payload ?? {}),
	});
	const file = (name: string) => join(temp, name);
	const inputs = Object.entries(given.inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value] as const);
	const env = {
		...BASE_ENV,
		CI: "true",
		GITHUB_ACTIONS: "true",
		GITHUB_ACTOR: "octocat",
		GITHUB_EVENT_NAME: "push",
		GITHUB_EVENT_PATH: file("event.json"),
		GITHUB_JOB: "load",
		GITHUB_REF_NAME: "main",
		GITHUB_REF_TYPE: "branch",
		GITHUB_REPOSITORY: "acme/warehouse",
		GITHUB_RUN_ATTEMPT: "1",
		GITHUB_RUN_ID: "42",
		GITHUB_SERVER_URL: "https://github.com",
		GITHUB_SHA: "0123456789abcdef0123456789abcdef01234567",
		GITHUB_WORKFLOW: "nightly",
		GITHUB_WORKSPACE: given.workspace,
		GITHUB_ENV: file("env"),
		GITHUB_OUTPUT: file("output"),
		GITHUB_PATH: file("path"),
		GITHUB_STATE: file("state"),
		GITHUB_STEP_SUMMARY: file("summary"),
		RUNNER_TEMP: temp,
		ACTIONS_RUNTIME_TOKEN: "runtime-token-of-the-runner",
		...Object.fromEntries(inputs),
		...Object.fromEntries(Object.entries(given.state ?? {}).map(([name, value]) => [`STATE_${name}`, value])),
		...given.env,
	};
	const script = given.script ?? join(ROOT, "dist/action/index.js");
	const ended = await (given.run ?? runProgram)(process.execPath, [script], {
		cwd: given.workspace,
		env,
		...(given.cancel === undefined ? {} : { cancel: given.cancel }),
		...(given.started === undefined ? {} : { started: given.started }),
	});
	const lines = ended.stdout.split(/\r\n|\n|\r/);
	// What the runner takes for a command: `::name::` after white space, or `##[name]` anywhere.
	const commands = lines.filter((line) => /^\s*::[a-z-]+( .*?)?::/i.test(line) || /##\[[a-z-]+/i.test(line));
	const isMask = (line: string) => line.startsWith("::add-mask::");
	const outputs = readPairs(readFileSync(file("output"), "utf8"));
	return {
		...ended,
		log: lines.filter((line) => !isMask(line)).join("\n"),
		masks: commands.filter(isMask).map((line) => unescapeData(line.slice("::add-mask::".length))),
		commands: commands.filter((line) => !isMask(line)),
		annotations: commands.flatMap(readAnnotation),
		outputs,
		state: readPairs(readFileSync(file("state"), "utf8")),
		summary: readFileSync(file("summary"), "utf8"),
		results: outputs["results"] === undefined ? undefined : JSON.parse(outputs["results"]),
	};
}

export interface CommandGiven extends Interventions, Pick<ActionGiven, "workspace" | "env" | "run"> {}

/** Runs dist/cli as a person does, in a folder; no colour, no CI. */
export function runCommand(
	args: readonly string[],
	{ workspace: cwd, env, run = runProgram, ...more }: CommandGiven,
): Promise<Ended> {
	const options = { cwd, env: { ...BASE_ENV, ...env }, ...more };
	return run(process.execPath, [join(ROOT, "dist/cli/index.js"), ...args], options);
}

/** Text in which everything that differs from run to run is named instead: ids, times, durations, ports and folders. */
export function normalise(text: string): string {
	return text
		.replaceAll(/\b(evt|dlv)_[0-9a-f]{32}\b/g, "$1_ID")
		.replaceAll(/127\.0\.0\.1((?:&#58;|:))\d+/g, "127.0.0.1$1PORT")
		.replaceAll(/(?<=(?: · |\| |the next in ))\d+(?:\.\d+)? (?:ms|s)\b/g, "TIME")
		.replaceAll(/(?<="duration_ms": ?)\d+(?=,|\s|\})/g, "0")
		.replaceAll(/(?<="timestamp": ?")[^"]+/g, "NOW")
		.replaceAll(/\/\S*scenario-\w+/g, "FOLDER");
}

function readAnnotation(line: string): readonly Annotation[] {
	const match = /^::(error|warning|notice)(?: (.*?))?::(.*)$/.exec(line);
	const kind = match?.[1];
	if (kind !== "error" && kind !== "warning" && kind !== "notice") return [];
	const pairs = (match?.[2] ?? "").split(",").filter((pair) => pair !== "");
	const properties = pairs.map(
		(pair) => [pair.slice(0, pair.indexOf("=")), unescapeData(pair.slice(pair.indexOf("=") + 1))] as const,
	);
	return [{ kind, properties: Object.fromEntries(properties), message: unescapeData(match?.[3] ?? "") }];
}

/** https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts says how the runner's text is escaped. */
function unescapeData(text: string): string {
	return text
		.replaceAll("%3A", ":")
		.replaceAll("%2C", ",")
		.replaceAll("%0D", "\r")
		.replaceAll("%0A", "\n")
		.replaceAll("%25", "%");
}

/**
 * The pairs of a command file such as GITHUB_OUTPUT: lines of `name=value`, and `name<<delimiter` with the lines up to the
 * delimiter. Of a name that comes twice the last value counts.
 * https://github.com/actions/runner/blob/main/src/Runner.Worker/FileCommandManager.cs
 */
export function readPairs(text: string): Readonly<Record<string, string>> {
	const pairs = text.matchAll(/^(?:([^=<\n]+)=(.*)|(.+?)<<(.+)\n([\s\S]*?)\n?^\4$)/gm);
	return Object.fromEntries(
		[...pairs].map(([, name, value = "", name2 = "", , lines = ""]) =>
			name === undefined ? [name2, lines] : [name, value],
		),
	);
}
