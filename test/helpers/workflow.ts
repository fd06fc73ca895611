// Runs a workflow of one job as GitHub's runner does: its own parser and expressions, and real processes for the steps.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { data } from "@actions/expressions";
import {
	convertWorkflowTemplate,
	isBasicExpression,
	isMapping,
	isScalar,
	isSequence,
	NoOperationTraceWriter,
	parseWorkflow,
} from "@actions/workflow-parser";
import type { MappingToken } from "@actions/workflow-parser/templates/tokens/mapping-token";
import type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";
import { type Conclusion, dictionary, evaluate, strings, type Values } from "./expression.ts";
import { type Manifest, readManifest } from "./manifest.ts";
import { type ActionRun, BASE_ENV, readPairs, runAction, workspace } from "./runner.ts";

export type { Conclusion } from "./expression.ts";

/** One step of a job, after the job. */
export interface StepRun {
	readonly id: string;
	readonly conclusion: Conclusion;
	readonly outputs: Readonly<Record<string, string>>;
	/** Where the step was our action. */
	readonly action?: ActionRun;
	/** Where it has one, and was run. */
	readonly post?: ActionRun;
}

export interface WorkflowGiven {
	/** The YAML. */
	readonly workflow: string;
	/** The checkout, as it were. */
	readonly workspace: string;
	readonly secrets: Readonly<Record<string, string>>;
	/** The values of the job's matrix that this job has. */
	readonly matrix?: Readonly<Record<string, string>>;
	/** How actions of others end, such as `actions/checkout`, which are not run. */
	readonly others?: Conclusion;
	/** Cancels the job when it resolves. */
	readonly cancel?: Promise<unknown>;
}

type Strings = Readonly<Record<string, string>>;

/** What of a step is known once it ran. */
type Ran = Omit<StepRun, "id">;

const ACTIONS: Readonly<Record<string, Manifest>> = {
	"": readManifest("action.yml"),
	"/lifecycle": readManifest("lifecycle/action.yml"),
	"/redeliver": readManifest("redeliver/action.yml"),
};

/** Runs the only job of a workflow, and gives its steps in order. */
export async function runWorkflow(given: WorkflowGiven): Promise<readonly StepRun[]> {
	const parsed = parseWorkflow({ name: "workflow.yml", content: given.workflow }, new NoOperationTraceWriter());
	const errors = parsed.context.errors.getErrors();
	if (parsed.value === undefined || errors.length > 0) throw new Error(errors.map(String).join("\n"));
	const { jobs } = await convertWorkflowTemplate(parsed.context, parsed.value);
	const [job] = jobs;
	if (job?.type !== "job" || jobs.length !== 1) throw new Error("not a workflow of one job");
	return new Job(given, job.env).run(
		stepsOf(parsed.value, job.id.value),
		job.steps.map((step) => step.if?.expression ?? ""),
	);
}

/** The steps as they were parsed: the converter leaves out what a step has under `with`. */
function stepsOf(root: TemplateToken, job: string): readonly MappingToken[] {
	const steps = ["jobs", job, "steps"].reduce<TemplateToken | undefined>(
		(token, key) => (token !== undefined && isMapping(token) ? token.find(key) : undefined),
		root,
	);
	if (steps === undefined || !isSequence(steps)) throw new Error("no steps");
	return Array.from({ length: steps.count }, (_, index) => steps.get(index).assertMapping("a step"));
}

/** Ours, if the step uses one of ours. */
function manifestOf(uses: string): Manifest | undefined {
	const [, path = ""] = /^(?:\.|pipeline-hooks\/pipeline-hooks)(\/lifecycle|\/redeliver)?(?:\/?$|@)/.exec(uses) ?? [];
	return /^(\.\/|pipeline-hooks\/pipeline-hooks[/@])/.test(uses) ? ACTIONS[path] : undefined;
}

class Job {
	readonly #given: WorkflowGiven;
	readonly #env: MappingToken | undefined;
	/** What steps have added to GITHUB_ENV. */
	#added: Strings = {};
	readonly #steps: StepRun[] = [];
	/** The last is run first. */
	readonly #posts: (() => Promise<void>)[] = [];
	readonly #temp = workspace();
	#status: Exclude<Conclusion, "skipped"> = "success";

	constructor(given: WorkflowGiven, env: MappingToken | undefined) {
		this.#given = given;
		this.#env = env;
		given.cancel?.then(() => {
			this.#status = "cancelled";
		});
	}

	async run(steps: readonly MappingToken[], conditions: readonly string[]): Promise<readonly StepRun[]> {
		for (const [index, step] of steps.entries()) {
			const id = this.#text(step.find("id"));
			const isRun = this.#evaluate(conditions[index] ?? "").coerceString() === "true";
			const ran: Ran = isRun ? await this.#runStep(step, index) : { conclusion: "skipped", outputs: {} };
			const isCancelled = this.#status === "cancelled" && ran.conclusion === "failure";
			this.#steps.push({ ...ran, id, conclusion: isCancelled ? "cancelled" : ran.conclusion });
			this.#take(ran.conclusion);
		}
		for (const post of this.#posts.toReversed()) await post();
		return this.#steps;
	}

	#take(conclusion: Conclusion): void {
		if (conclusion === "failure" && this.#status !== "cancelled") this.#status = "failure";
	}

	async #runStep(step: MappingToken, index: number): Promise<Ran> {
		const uses = this.#text(step.find("uses"));
		if (uses === "") return this.#runScript(this.#text(step.find("run")), this.#envOf(step));
		const manifest = manifestOf(uses);
		if (manifest === undefined) return { conclusion: this.#given.others ?? "success", outputs: {} };
		const { main, post } = manifest;
		// As the runner does it, before the step is run and whatever becomes of it.
		let state: Strings = {};
		if (post !== undefined) {
			this.#posts.push(async () => {
				const run = await this.#runHooks(step, manifest, post, { state });
				const before = this.#steps[index];
				if (before !== undefined) this.#steps[index] = { ...before, post: run };
				this.#take(run.code === 0 ? "success" : "failure");
			});
		}
		const { cancel } = this.#given;
		const action = await this.#runHooks(step, manifest, main, cancel === undefined ? {} : { cancel });
		state = action.state;
		return { conclusion: action.code === 0 ? "success" : "failure", outputs: action.outputs, action };
	}

	/** One of a step's processes. Its inputs, the defaults too, are evaluated each time. */
	#runHooks(
		step: MappingToken,
		{ inputs }: Manifest,
		script: string,
		more: { readonly cancel?: Promise<unknown>; readonly state?: Strings },
	): Promise<ActionRun> {
		const defaults = inputs.map((input) => [input.id, this.#text(input.default)] as const);
		return runAction({
			inputs: { ...Object.fromEntries(defaults), ...this.#strings(step.find("with")) },
			workspace: this.#given.workspace,
			script,
			env: { RUNNER_TEMP: this.#temp, ...this.#envOf(step) },
			...more,
		});
	}

	#envOf(step: MappingToken): Strings {
		return { ...this.#strings(this.#env), ...this.#added, ...this.#strings(step.find("env")) };
	}

	/** As `bash -e {0}`, which is what a runner makes of `run`. */
	async #runScript(script: string, env: Strings): Promise<Ran> {
		const files = workspace({ "script.sh": script, output: "", env: "" });
		const child = spawn("bash", ["-e", join(files, "script.sh")], {
			cwd: this.#given.workspace,
			env: { ...BASE_ENV, ...env, GITHUB_OUTPUT: join(files, "output"), GITHUB_ENV: join(files, "env") },
			stdio: "ignore",
			detached: true,
		});
		let isOver = false;
		this.#given.cancel?.then(() => {
			if (!isOver && child.pid !== undefined) process.kill(-child.pid, "SIGINT");
		});
		const [code] = await once(child, "exit");
		isOver = true;
		const pairsOf = (name: string) => readPairs(readFileSync(join(files, name), "utf8"));
		this.#added = { ...this.#added, ...pairsOf("env") };
		return { conclusion: code === 0 ? "success" : "failure", outputs: pairsOf("output") };
	}

	#strings(token: TemplateToken | undefined): Strings {
		if (token === undefined || !isMapping(token)) return {};
		return Object.fromEntries([...token].map(({ key, value }) => [key.toString(), this.#text(value)]));
	}

	#text(token: TemplateToken | undefined): string {
		if (token === undefined) return "";
		if (isBasicExpression(token)) return this.#evaluate(token.expression).coerceString();
		return isScalar(token) ? token.toString() : "";
	}

	#evaluate(expression: string): data.ExpressionData {
		return evaluate(expression, this.#contexts(), this.#status);
	}

	#contexts(): Values {
		const { secrets, matrix } = this.#given;
		const steps = this.#steps.filter(({ id }) => id !== "");
		return {
			secrets: strings(secrets),
			github: strings({ token: "" }),
			matrix: matrix === undefined ? new data.Null() : strings(matrix),
			job: strings({ status: this.#status }),
			env: strings(this.#added),
			steps: dictionary(
				Object.fromEntries(
					steps.map(({ id, conclusion, outputs }) => [
						id,
						dictionary({
							outputs: strings(outputs),
							conclusion: new data.StringData(conclusion),
							outcome: new data.StringData(conclusion),
						}),
					]),
				),
			),
		};
	}
}
