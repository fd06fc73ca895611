// Runs a workflow of one job as GitHub's runner does: its own parser and expressions, and real processes for the steps.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { data, Evaluator, Lexer, Parser } from "@actions/expressions";
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
import { type ActionRun, BASE_ENV, runAction, workspace } from "./runner.ts";

export type Conclusion = "success" | "failure" | "cancelled" | "skipped";

/** One step of a job, after the job. */
export interface StepRun {
	readonly id: string;
	readonly conclusion: Conclusion;
	readonly outputs: Readonly<Record<string, string>>;
	/** Where the step was our action. */
	readonly action?: ActionRun;
}

export interface WorkflowGiven {
	/** The YAML. */
	readonly workflow: string;
	/** The checkout, as it were. */
	readonly workspace: string;
	readonly secrets: Readonly<Record<string, string>>;
	/** How actions of others end, such as `actions/checkout`, which are not run. */
	readonly others?: Conclusion;
	/** Cancels the job when it resolves. */
	readonly cancel?: Promise<unknown>;
}

type Values = Readonly<Record<string, data.ExpressionData>>;

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

class Job {
	readonly #given: WorkflowGiven;
	readonly #env: MappingToken | undefined;
	readonly #steps: StepRun[] = [];
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
			const condition = this.#evaluate(conditions[index] ?? "");
			const isRun = condition.coerceString() === "true";
			const ran = isRun ? await this.#runStep(step) : ({ conclusion: "skipped", outputs: {} } as const);
			const conclusion =
				isRun && this.#status === "cancelled" && ran.conclusion === "failure" ? "cancelled" : ran.conclusion;
			if (conclusion === "failure") this.#status = "failure";
			this.#steps.push({ ...ran, id, conclusion });
		}
		return this.#steps;
	}

	#runStep(step: MappingToken): Promise<Omit<StepRun, "id">> {
		const env = { ...this.#strings(this.#env), ...this.#strings(step.find("env")) };
		const uses = this.#text(step.find("uses"));
		if (uses === "") return this.#runScript(this.#text(step.find("run")), env);
		if (/^(\.\/|pipeline-hooks\/pipeline-hooks@)/.test(uses))
			return this.#runHooks(this.#strings(step.find("with")), env);
		return Promise.resolve({ conclusion: this.#given.others ?? "success", outputs: {} });
	}

	async #runHooks(inputs: Readonly<Record<string, string>>, env: Readonly<Record<string, string>>) {
		const { workspace: folder, cancel } = this.#given;
		const action = await runAction({ inputs, workspace: folder, env, ...(cancel === undefined ? {} : { cancel }) });
		return { conclusion: action.code === 0 ? "success" : "failure", outputs: action.outputs, action } as const;
	}

	/** As `bash -e {0}`, which is what a runner makes of `run`. */
	async #runScript(script: string, env: Readonly<Record<string, string>>) {
		const files = workspace({ "script.sh": script, output: "" });
		const child = spawn("bash", ["-e", join(files, "script.sh")], {
			cwd: this.#given.workspace,
			env: { ...BASE_ENV, ...env, GITHUB_OUTPUT: join(files, "output") },
			stdio: "ignore",
			detached: true,
		});
		let isOver = false;
		this.#given.cancel?.then(() => {
			if (!isOver && child.pid !== undefined) process.kill(-child.pid, "SIGINT");
		});
		const [code] = await once(child, "exit");
		isOver = true;
		const lines = readFileSync(join(files, "output"), "utf8").split("\n");
		const pairs = lines.filter((line) => line.includes("=")).map((line) => line.split(/=(.*)/s).slice(0, 2));
		return { conclusion: code === 0 ? "success" : "failure", outputs: Object.fromEntries(pairs) } as const;
	}

	#strings(token: TemplateToken | undefined): Readonly<Record<string, string>> {
		if (token === undefined || !isMapping(token)) return {};
		return Object.fromEntries([...token].map(({ key, value }) => [key.toString(), this.#text(value)]));
	}

	#text(token: TemplateToken | undefined): string {
		if (token === undefined) return "";
		if (isBasicExpression(token)) return this.#evaluate(token.expression).coerceString();
		return isScalar(token) ? token.toString() : "";
	}

	#evaluate(expression: string): data.ExpressionData {
		const contexts = this.#contexts();
		const status = (name: string, is: boolean) => ({
			name,
			minArgs: 0,
			maxArgs: 0,
			call: () => new data.BooleanData(is),
		});
		const functions = [
			status("success", this.#status === "success"),
			status("failure", this.#status === "failure"),
			status("cancelled", this.#status === "cancelled"),
			status("always", true),
		];
		const { tokens } = new Lexer(expression).lex();
		const tree = new Parser(tokens, Object.keys(contexts), functions).parse();
		const known = new Map(functions.map((info) => [info.name, info]));
		return new Evaluator(tree, dictionary(contexts), known).evaluate();
	}

	#contexts(): Values {
		const steps = this.#steps.filter(({ id }) => id !== "");
		return {
			secrets: strings(this.#given.secrets),
			job: strings({ status: this.#status }),
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

function strings(values: Readonly<Record<string, string>>): data.Dictionary {
	return dictionary(Object.fromEntries(Object.entries(values).map(([key, text]) => [key, new data.StringData(text)])));
}

function dictionary(values: Values): data.Dictionary {
	return new data.Dictionary(...Object.entries(values).map(([key, value]) => ({ key, value })));
}
