// Shell hooks in a workspace that may be a stranger's.
import { expect, it } from "vitest";
import type { Hook } from "../../../src/model/hook.ts";
import { parseReference } from "../../../src/model/reference.ts";
import { fireWith } from "../../helpers/deliver.ts";
import { answer, fakeHttp, fakeShell } from "../../helpers/fakes.ts";
import { shellHook, webhook } from "../../helpers/make.ts";

const UNTRUSTED = { event: "workflow_run" };
const REASON =
	"refused on workflow_run: the workspace may hold a stranger's code, and a shell hook would run it with this job's " +
	"secrets; set allow-untrusted-shell: true if nothing in it comes from a pull request";

async function run(hooks: readonly Hook[]) {
	const http = fakeHttp(answer(200));
	const shell = fakeShell();
	const { outcomes, told } = await fireWith(hooks, { facts: { untrusted: UNTRUSTED }, ports: { http, shell } });
	return { outcomes, told, sent: http.requests.length, commands: shell.commands };
}

it("a shell hook fails without being begun, and webhooks are sent", async () => {
	const { outcomes, told, sent, commands } = await run([shellHook({ command: "deploy" }), webhook()]);
	expect(outcomes).toMatchObject([
		{ status: "failed", failure: { reason: REASON }, target: "deploy", attempts: [], durationMs: 0, notes: [] },
		{ status: "delivered" },
	]);
	expect([told.length, sent, commands]).toEqual([2, 1, []]);
});

it("a shell gate ends the event, and a webhook gate is asked as ever", async () => {
	const { outcomes, sent, commands } = await run([
		webhook({ onFailure: "abort" }),
		shellHook({ onFailure: "abort" }),
		webhook(),
	]);
	expect(outcomes.map(({ status, skipCause }) => [status, skipCause])).toEqual([
		["delivered", undefined],
		["failed", undefined],
		["skipped", "gate_failed"],
	]);
	expect([sent, commands]).toEqual([1, []]);
});

it("a missing variable is not what is told of it", async () => {
	const env = new Map([["TOKEN", parseReference("${UNSET}")]]);
	const { outcomes } = await run([shellHook({ env })]);
	expect(outcomes[0]?.failure?.reason).toBe(REASON);
});
