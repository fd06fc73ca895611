// A config with a marker in every place that can hold a secret, and everything that a run of it shows.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect } from "vitest";
import { headerMarker, marker, tracesIn } from "./markers.ts";
import { PRINT, PRINT_MORE } from "./printing.ts";
import { type ActionGiven, type ActionRun, type Ended, runAction, runCommand, workspace } from "./runner.ts";

/** A marker for each place; those in URLs stand there percent-encoded. */
export const markers = fc.record({
	secret: marker,
	body: marker,
	routing: marker,
	details: marker,
	mention: marker,
	env: marker,
	metadata: marker,
	auth: headerMarker,
	trace: headerMarker,
	api: headerMarker,
	path: marker,
	query: marker,
	password: headerMarker,
	slack: marker,
	proxy: headerMarker,
	input: headerMarker,
	token: headerMarker,
	runtime: headerMarker,
	oidc: headerMarker,
});
export type Markers = typeof markers extends fc.Arbitrary<infer T> ? T : never;

/** The markers of one run, how the config holds them, and what decides which of them a receiver echoes in which way. */
export interface Marked {
	readonly markers: Markers;
	/** As literals where a literal is a secret, else as variables. */
	readonly literal: boolean;
	readonly turn: number;
}

export const marked: fc.Arbitrary<Marked> = fc.record({ markers, literal: fc.boolean(), turn: fc.nat(10_000) });

const NEVER_LITERAL: readonly string[] = ["trace", "body", "mention"];
const IN_CONFIG = [
	...(["secret", "body", "routing", "details", "mention", "env", "auth", "trace", "api"] as const),
	...(["path", "query", "password", "slack"] as const),
];
const IN_URL = ["path", "query", "password", "slack"] as const;

/** What a literal or a variable of this name holds. */
function written(name: keyof Markers, { markers: all }: Marked): string {
	return IN_URL.some((each) => each === name) ? encodeURIComponent(all[name]) : all[name];
}

/** The variable of a marker. Where nothing but the variable's name tells that it is a secret, the name does. */
function variableOf(name: keyof Markers): string {
	return `MARKED_${name.toUpperCase()}${NEVER_LITERAL.includes(name) ? "_TOKEN" : ""}`;
}

/** How the config writes a marker: as a variable, and as a literal where that is wanted and a literal is a secret too. */
function placesOf(given: Marked) {
	const variable = (name: keyof Markers) => `\${${variableOf(name)}}`;
	const place = (name: keyof Markers) =>
		given.literal ? JSON.stringify(written(name, given)).slice(1, -1) : variable(name);
	return { variable, place };
}

/** One webhook with a marker in its URL, its secret, its headers and its body; `more` are further keys. */
export function hookTo(url: string, given: Marked, name: string, more = ""): string {
	const { variable, place } = placesOf(given);
	return `[[hook.webhooks.pipeline_error]]
name = "${name}"
url = "${url}/in/${place("path")}?token=${place("query")}"
secret = "${place("secret")}"
headers = { Authorization = "Bearer ${place("auth")}", X-Trace = "of ${variable("trace")}" }
body_template = '''{"event": "{{event}}", "body": "${variable("body")}", "all": {{{metadata}}}}'''
retry_delay_ms = 1
${more}
`;
}

/** A shell hook and webhooks of several presets, all sent to `url`; `more` are further keys of the shell hook. */
export function configOf(url: string, given: Marked, more = ""): string {
	const { variable, place } = placesOf(given);
	const preset = (name: string, path: string, keys: string) =>
		`[[hook.webhooks.pipeline_error]]\nname = "${name}"\npreset = "${name}"\nurl = "${url}/${path}"\n${keys}\nretry_delay_ms = 1\n\n`;
	return [
		`[[hook.pipeline_error]]
name = "printer"
command = "sh print.sh"
env = { API_TOKEN = "${place("env")}", DATABASE = "postgres://me:${place("password")}@db.invalid/x" }
${more}
`,
		hookTo(url, given, "first"),
		preset("generic", "generic", "").replace("//", `//me:${place("password")}@`),
		preset(
			"pagerduty",
			"pagerduty",
			`routing_key = "${place("routing")}"\ncustom_details = { access_token = "${place("details")}" }`,
		),
		preset("datadog", "datadog", `api_key = "${place("api")}"`),
		preset("slack", `services/${place("slack")}`, `mention = ["${variable("mention")}"]`),
	].join("");
}

/** The environment of a run with these markers. */
export function envOf(given: Marked, proxied: string | undefined): Readonly<Record<string, string>> {
	const { markers: all } = given;
	const names = IN_CONFIG.filter((name) => !given.literal || NEVER_LITERAL.includes(name));
	const proxy = (proxied ?? "http://proxy.invalid:3128").replace("//", `//me:${encodeURIComponent(all.proxy)}@`);
	return {
		...Object.fromEntries(names.map((name) => [variableOf(name), written(name, given)])),
		NODE: process.execPath,
		HTTP_PROXY: proxy,
		https_proxy: proxy,
		...(proxied === undefined ? { NO_PROXY: "127.0.0.1,receiver.invalid" } : {}),
		GITHUB_TOKEN: all.token,
		ACTIONS_RUNTIME_TOKEN: all.runtime,
		ACTIONS_ID_TOKEN_REQUEST_TOKEN: all.oidc,
	};
}

/** A shell hook that prints nothing, in the place of the one that prints everything. */
export const QUIET = { "print.sh": "exit 0\n" };

/** What of a run anyone but the runner gets to read, and the run itself. */
export interface Shown<R extends Ended = Ended> {
	readonly run: R;
	readonly shown: string;
}

/** Runs a scene with some sets of markers. Nothing that it shows may have a trace of any. */
export async function withMarkers(scene: (given: Marked) => Promise<readonly Shown[]>, numRuns = 1): Promise<void> {
	const property = fc.asyncProperty(marked, async (given) => {
		const told = await scene(given);
		expect(told.length).toBeGreaterThan(0);
		for (const { shown } of told) expect(tracesIn(shown, given.markers)).toEqual([]);
	});
	await fc.assert(property, { numRuns, endOnFailure: true });
}

/** More than the usual of a run with markers. */
export interface MarkedRun {
	readonly config: string;
	readonly files?: Readonly<Record<string, string>>;
	readonly env?: Readonly<Record<string, string>>;
	readonly inputs?: ActionGiven["inputs"];
	readonly payload?: unknown;
	/** Of the proxy that everything is sent through. */
	readonly proxied?: string;
}

function lay(given: Marked, { config, files, env, proxied }: MarkedRun) {
	const laid = { "pipeline-hooks.toml": config, "print.sh": PRINT, "print.mjs": PRINT_MORE, ...files };
	const folder = workspace(laid);
	const temp = workspace({ env: "", path: "", state: "" });
	const file = (name: string) => join(temp, name);
	const own = { TMPDIR: temp, RUNNER_TEMP: temp, GITHUB_ENV: file("env"), GITHUB_PATH: file("path") };
	const all = { ...envOf(given, proxied), ...own, GITHUB_STATE: file("state"), TURN: String(given.turn), ...env };
	const left = () => [folder, temp].flatMap((each) => textsBelow(each, Object.keys(laid)));
	return { folder, env: all, left };
}

/** Runs the built action with the markers in its config, its inputs and its environment. */
export async function runMarkedAction(given: Marked, more: MarkedRun): Promise<Shown<ActionRun>> {
	const { folder, env, left } = lay(given, more);
	const metadata = JSON.stringify({ routing_key: given.markers.metadata });
	const inputs = { event: "pipeline_error", metadata, "github-token": given.markers.input, ...more.inputs };
	const payload = more.payload === undefined ? {} : { payload: more.payload };
	const run = await runAction({ inputs, workspace: folder, env, ...payload });
	const outputs = Object.entries(run.outputs).flat();
	return {
		run,
		shown: [run.log, run.stderr, run.summary, ...outputs, JSON.stringify(run.annotations), ...left()].join("\n"),
	};
}

/** Runs the built command in the same surroundings; its context has the marker of the metadata where it fires. */
export async function runMarkedCommand(given: Marked, args: readonly string[], more: MarkedRun): Promise<Shown> {
	const { folder, env, left } = lay(given, more);
	const metadata = ["--metadata", JSON.stringify({ routing_key: given.markers.metadata })];
	const fires = ["fire", "test", "render"].includes(args[0] ?? "");
	const run = await runCommand([...args, ...(fires ? metadata : [])], { workspace: folder, env });
	return { run, shown: [run.stdout, run.stderr, ...left()].join("\n") };
}

function textsBelow(folder: string, except: readonly string[]): readonly string[] {
	const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
	const read = files.filter(({ name }) => !except.includes(name)).map((entry) => join(entry.parentPath, entry.name));
	return read.map((path) => readFileSync(path, "utf8"));
}
