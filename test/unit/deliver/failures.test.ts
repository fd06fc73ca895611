// Failures as data: each outcome that failed has its cause, and whether another attempt may succeed.
import { expect, it } from "vitest";
import type { Hook } from "../../../src/model/hook.ts";
import { parseReference } from "../../../src/model/reference.ts";
import type { HttpResult, ShellResult } from "../../../src/ports.ts";
import { fireWith, type Given } from "../../helpers/deliver.ts";
import { answer, exited, fakeHttp, fakeShell } from "../../helpers/fakes.ts";
import { preset, shellHook, webhook } from "../../helpers/make.ts";

const gate = webhook({ onFailure: "abort", retryCount: 0 });
const cut: HttpResult = {
	...answer(200, "ok"),
	kind: "response",
	status: 200,
	headers: {},
	body: "ok",
	read: "truncated",
};
const fault: HttpResult = { kind: "failure", cause: "name_not_found", detail: "name not found" };

async function failureOf(hook: Hook, result: HttpResult | ShellResult | undefined, given: Given = {}) {
	const http = fakeHttp(result !== undefined && "kind" in result ? result : answer(200));
	const shell = fakeShell(result !== undefined && "end" in result ? { true: result } : {});
	const { outcomes } = await fireWith([hook], { ...given, ports: { http, shell } });
	return outcomes[0]?.failure;
}

it.each<[string, boolean, Hook, HttpResult | ShellResult | undefined]>([
	["name_not_found", true, webhook({ retryCount: 0 }), fault],
	["status", true, webhook({ retryCount: 0 }), answer(503)],
	["status", false, webhook(), answer(404)],
	["rejected", false, webhook({ preset: preset("slack") }), answer(200, "no_service")],
	["unconfirmed", false, webhook({ preset: preset("slack") }), cut],
	["denied", false, gate, answer(503, '{"allow": false}')],
	["denied", false, gate, answer(200, "<html>")],
	["status", true, gate, answer(503)],
	["exit", false, shellHook(), exited(1)],
	["exit", false, shellHook(), { ...exited(143), end: { kind: "exit", code: 143, signal: "SIGTERM" } }],
	["signal", false, shellHook(), { ...exited(0), end: { kind: "signal", signal: "SIGKILL" } }],
	["timeout", true, shellHook(), { ...exited(0), end: { kind: "timeout" } }],
	["cancelled", false, shellHook(), { ...exited(0), end: { kind: "cancelled" } }],
	["not_started", false, shellHook(), { ...exited(0), end: { kind: "not_started", detail: "no pwsh" } }],
	["unset_variable", false, webhook({ url: parseReference("${UNSET}") }), undefined],
	["unset_variable", false, shellHook({ env: new Map([["X", parseReference("${UNSET}")]]) }), undefined],
	["invalid_message", false, webhook({ url: parseReference("ftp://example.com") }), undefined],
	["ca_file", false, webhook({ caFile: parseReference("missing.pem") }), undefined],
])("%s, retryable: %s (%#)", async (cause, retryable, hook, result) => {
	expect(await failureOf(hook, result)).toMatchObject({ cause, retryable, reason: expect.stringMatching(/./) });
});

it("untrusted: a shell hook in a workspace that may be a stranger's", async () => {
	const given = { facts: { untrusted: { event: "workflow_run" } } };
	expect(await failureOf(shellHook(), undefined, given)).toMatchObject({ cause: "untrusted", retryable: false });
});
