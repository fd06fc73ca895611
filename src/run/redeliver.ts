// What the inputs of `redeliver` ask for, for the action and the command.
import { type Problem, throwIfAny } from "../model/problem.ts";
import type { Wanted } from "../model/records.ts";
import { type InputReader, type Inputs, readBoolean, readStore } from "./inputs.ts";
import { readTimes } from "./times.ts";

/** Reads and checks every input. Throws one `UserError` with all the problems. */
export function redeliverInputs(read: InputReader, now: number): Inputs {
	const problems: Problem[] = [];
	const reject = (message: string, remedy: string) => {
		problems.push({ code: "input", message, remedy });
		return undefined;
	};
	const text = (name: string) => read(name).trim() || undefined;
	const redeliver: Wanted = {
		all: readBoolean("all", read("all"), false, reject),
		hook: text("hook"),
		id: text("id"),
		...readTimes(read, now, reject),
		results: read("results")
			.split("\n")
			.map((line) => line.trim())
			.filter((line) => line !== ""),
	};
	const { id, all, hook, since, until } = redeliver;
	if (id !== undefined && (all || (hook ?? since ?? until) !== undefined)) {
		reject("id: names one message, so nothing else can narrow or widen it", "leave out all, hook, since and until");
	}
	const inputs: Inputs = {
		event: "",
		config: text("config"),
		context: {},
		dryRun: false,
		summary: readBoolean("summary", read("summary"), true, reject),
		githubToken: read("github-token").trim(),
		allowUntrustedShell: readBoolean("allow-untrusted-shell", read("allow-untrusted-shell"), false, reject),
		store: readStore(read("store"), reject),
		redeliver,
	};
	throwIfAny(problems);
	return inputs;
}
