// Secrets in every place that can hold one, and whatever is done with them: nothing of any is shown.
import { describe, expect, it, vi } from "vitest";
import { startEcho } from "../helpers/echo.ts";
import { configOf, QUIET, runMarkedAction, runMarkedCommand, withMarkers } from "../helpers/marked.ts";
import { startServer } from "../helpers/server.ts";

vi.setConfig({ testTimeout: 60_000 });

describe("no secret is shown", () => {
	it.each([0, 1])("by a shell hook that prints all it can find in every way, and ends with %i", (code) =>
		withMarkers(async (given) => {
			const server = await startServer({ status: 200, body: "ok" });
			const config = configOf(server.url, given, code === 0 ? "" : 'on_failure = "abort"');
			const env = { PRINT_CODE: String(code) };
			const told = await runMarkedAction(given, { config, env });
			expect(told.run.code).toBe(code);
			expect(told.shown.split("***").length).toBeGreaterThan(200);
			return [told, await runMarkedCommand(given, ["fire", "pipeline_error", "--json"], { config, env })];
		}),
	);

	it("where secrets are withheld, in a dry run, or where files cannot be written", () =>
		withMarkers(async (given) => {
			const server = await startServer({ status: 200, body: "ok" });
			const config = configOf(server.url, given);
			const fork = { pull_request: { head: { repo: { full_name: "a/fork" } }, base: { repo: { full_name: "a/b" } } } };
			const withheld = {
				GITHUB_EVENT_NAME: "pull_request",
				MARKED_BODY_TOKEN: "",
				MARKED_API: "",
				MARKED_MENTION_TOKEN: "",
			};
			const nowhere = { GITHUB_OUTPUT: "/nowhere/x", GITHUB_STEP_SUMMARY: "/nowhere/x", RUNNER_TEMP: "/proc/nope" };
			return [
				await runMarkedAction(given, { config, files: QUIET, env: withheld, payload: fork }),
				await runMarkedAction(given, { config, inputs: { "dry-run": "true" } }),
				await runMarkedAction(given, { config, files: QUIET, env: nowhere }),
			];
		}));

	it.each([
		"fire pipeline_error --dry-run",
		"fire pipeline_error --dry-run --json",
		"test pipeline_error",
		"render pipeline_error",
		"render pipeline_error --json",
		"render pipeline_error --raw",
		"list",
		"list --json",
		"validate",
		"validate --json",
	])("by the command %s", (command) =>
		withMarkers(async (given) => {
			const server = await startEcho(given, (echo) => ({ status: 400, body: echo }));
			const config = configOf(server.url, given);
			// As JSON with variables that are unset, which is told too.
			const env = command.endsWith("--json") ? { MARKED_QUERY: "", MARKED_DETAILS: "" } : {};
			return [await runMarkedCommand(given, command.split(" "), { config, files: QUIET, env })];
		}),
	);

	it("by inputs that are wrong", () =>
		withMarkers(async (given) => {
			const { input, token } = given.markers;
			const inputs = { event: token, "dry-run": input, "duration-ms": token, context: JSON.stringify({ [input]: 1 }) };
			return [await runMarkedAction(given, { config: "", inputs })];
		}));
});
