// Names that stand in two places: the inputs of the two actions, and the version.
import { globSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { VERSION } from "../../../src/lib/version.ts";
import { type InputReader, readInputs } from "../../../src/run/inputs.ts";
import { endOf } from "../../../src/run/lifecycle.ts";
import { redeliverInputs } from "../../../src/run/redeliver.ts";

/** The entries of a section of an action.yml, as they are written. */
function entries(path: string, section: "inputs" | "outputs"): ReadonlyMap<string, string> {
	const [, text = ""] = new RegExp(`\n${section}:\n((?: .*\n|\n)+)`).exec(readFileSync(path, "utf8")) ?? [];
	const found = text.matchAll(/^ {2}([a-z-]+):\n((?: {4}.*\n)+)/gm);
	return new Map([...found].map(([, name = "", body = ""]) => [name, body]));
}

/** The inputs that code asks for. */
function asked(by: (read: InputReader) => unknown, given: Readonly<Record<string, string>>): readonly string[] {
	const read = new Set<string>();
	by((name) => {
		read.add(name);
		return given[name] ?? "";
	});
	return [...read].toSorted();
}

it("the inputs that are read are those of action.yml", () => {
	expect(asked(readInputs, { event: "ping" })).toEqual([...entries("action.yml", "inputs").keys()].toSorted());
});

describe("lifecycle/action.yml", () => {
	const [action, lifecycle] = [entries("action.yml", "inputs"), entries("lifecycle/action.yml", "inputs")];
	/** What the step of a job decides itself. */
	const DECIDED = ["event", "events-file", "flush", "status", "duration-ms"];
	const OWN = ["announce-denied", "job-status"];
	/** What means something else there. */
	const REWORDED = ["context", "error"];

	it("has the inputs of action.yml but those that it decides itself, and two of its own", () => {
		const shared = [...action.keys()].filter((name) => !DECIDED.includes(name));
		expect([...lifecycle.keys()].toSorted()).toEqual([...shared, ...OWN].toSorted());
	});

	it("has their words and defaults", () => {
		for (const [name, body] of lifecycle) {
			if (!OWN.includes(name) && !REWORDED.includes(name)) expect([name, body]).toEqual([name, action.get(name)]);
		}
	});

	it("has the outputs of action.yml", () => {
		expect([...entries("lifecycle/action.yml", "outputs")]).toEqual([...entries("action.yml", "outputs")]);
	});

	it("has every input that is read when the job ends", () => {
		const read = asked((input) => endOf(input, undefined, "load", 0), { "job-status": "failure" });
		expect(read.filter((name) => !DECIDED.includes(name))).toEqual([...lifecycle.keys()].toSorted());
	});

	it("runs the bundle of action.yml, and has none of its own", () => {
		const [, main = ""] = /^ {2}main: (.+)$/m.exec(readFileSync("action.yml", "utf8")) ?? [];
		for (const file of globSync("lifecycle/*.cjs"))
			expect(readFileSync(file, "utf8")).toContain(`require("../${main}");`);
		expect(globSync("lifecycle/*").toSorted()).toEqual(
			["action.yml", "main.cjs", "post.cjs"].map((name) => `lifecycle/${name}`),
		);
	});
});

describe("redeliver/action.yml", () => {
	const [action, redeliver] = [entries("action.yml", "inputs"), entries("redeliver/action.yml", "inputs")];
	const OWN = ["all", "github-token", "hook", "id", "results", "since", "until"];

	it("has the inputs that are read", () => {
		expect(asked((read) => redeliverInputs(read, 0), {})).toEqual([...redeliver.keys()].toSorted());
	});

	it("has the words and defaults of action.yml where it has the same, and its outputs", () => {
		for (const [name, body] of redeliver) {
			if (!OWN.includes(name)) expect([name, body]).toEqual([name, action.get(name)]);
		}
		expect([...entries("redeliver/action.yml", "outputs")]).toEqual([...entries("action.yml", "outputs")]);
	});

	it("runs the bundle of action.yml, and has none of its own", () => {
		expect(globSync("redeliver/*").toSorted()).toEqual(["redeliver/action.yml", "redeliver/main.cjs"]);
		expect(readFileSync("redeliver/main.cjs", "utf8")).toContain('require("../dist/action/index.js");');
	});
});

it("the version is package.json's", async () => {
	const { version }: { readonly version: string } = JSON.parse(await readFile("package.json", "utf8"));
	expect(VERSION).toBe(version);
});

it("no file of ours is imported by a name that the bundles leave out", async () => {
	const bundle = await readFile("scripts/bundle.ts", "utf8");
	const left = [...bundle.matchAll(/"(\.\/[a-z-]+)\.js": "node:os"/g)].map((match) => match[1] ?? "");
	expect(left).toContain("./summary");
	const sources = globSync("src/**/*.ts").map((path) => readFileSync(path, "utf8"));
	for (const name of left) for (const source of sources) expect(source).not.toContain(`from "${name}.ts"`);
});
