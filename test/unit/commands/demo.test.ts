// `demo` as a newcomer runs it: everything real, on this machine; and that it says so when something is wrong.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { receiptsOf, unexpected } from "../../../src/commands/demo/closing.ts";
import { play } from "../../../src/commands/demo/play.ts";
import { configText, SCRIPT } from "../../../src/commands/demo/script.ts";
import { registerDemo } from "../../../src/commands/demo.ts";
import { painter } from "../../../src/commands/terminal.ts";
import { parseConfig } from "../../../src/config/load.ts";
import { eventsOf } from "../../helpers/make.ts";
import { run } from "../../helpers/terminal.ts";

const env = { PATH: process.env["PATH"] };
const PROXY = "http://127.0.0.1:1";
const PROXIES = { HTTP_PROXY: PROXY, http_proxy: PROXY, ALL_PROXY: PROXY };
const CI = { GITHUB_ACTIONS: "true", GITHUB_WORKSPACE: "/nowhere", HOOKS_SECRET: "", SLACK_URL: PROXY };

/** What differs from run to run: times, ids, and the order of what runs side by side. */
function stable(lines: readonly string[]): string {
	return lines
		.join("\n")
		.replaceAll(/in [\d.]+ m?s/g, "in N ms")
		.replaceAll(/ +[\d.]+ m?s/g, (time) => "N ms".padStart(time.length))
		.replaceAll(/(?<= )[0-9a-f]{7}(?= )/g, "IDIDIDI");
}

describe("demo", () => {
	it("plays both runs, verifies every signature and ends with 0, whatever proxies and a CI say", async () => {
		const { done, out, err } = run(registerDemo, ["demo"], { env: { ...env, ...PROXIES, ...CI }, colour: true });
		expect(await done).toBe(0);
		expect(err).toEqual([]);
		const lines = out.map(stripVTControlCharacters);
		expect(lines).not.toEqual(out);
		const text = stable(lines);
		for (const line of [
			"    ✓ no-deploy-lock     gate · shell       N ms  exit code 0",
			"    ✓ change-approval    gate · webhook     N ms  200, allowed",
			"    ↻ slack-started: attempt 1 of 4 failed: 503 Service Unavailable: busy; the next in N ms",
			"    ✓ slack-started      Slack              N ms  503, then 200",
			'    ✓ orders-row-count   shell              N ms  printed "rows":48210',
			"    ✗ lineage-export     shell              N ms  warning: lineage store is read-only (exit code 1)",
			"    ✗ old-board          webhook            N ms  ignored: 404 Not Found: no such board",
			"    ✗ change-approval    gate · webhook     N ms  denied: deploys are frozen until Monday 08:00",
			"    – slack-started      Slack                    skipped: gate change-approval denied",
			"  Slack      pipeline_start     IDIDIDI  503, 200  ✓       ▶️ nightly_etl started",
			"  PagerDuty  check_result       IDIDIDI  202       ✓       trigger: Check failed: orders: 7 null ids",
			"  PagerDuty  pipeline_complete  IDIDIDI  202       ✓       resolve: nightly_etl succeeded",
			"  Teams      check_result       IDIDIDI  202       ✓       Check failed: orders – 7 null ids",
			"  Datadog    pipeline_complete  IDIDIDI  202       ✓       nightly_etl succeeded",
			"  ✓ Every signature was valid, and everything ended as it should.",
		]) {
			expect(text).toContain(line);
		}
		// It fits a screen of 100 columns and 70 lines, and holds no secret.
		expect(lines.length).toBeLessThanOrEqual(70);
		expect(lines.filter((line) => Array.from(line).length > 100 || /\s$/.test(line))).toEqual([]);
		expect(lines.join("\n")).not.toMatch(/[0-9a-f]{40}/);
	});

	it("tells the same as JSON", async () => {
		const { done, out } = run(registerDemo, ["demo", "--json"], { env });
		expect(await done).toBe(0);
		const text = out.join("\n");
		expect(text).not.toMatch(/[0-9a-f]{40}/);
		const document = JSON.parse(text);
		expect(document).toMatchObject({ ok: true, problems: [], duration_ms: expect.any(Number) });
		expect(document.events.map(({ result }: { result: string }) => result)).toEqual([
			"passed",
			"passed",
			"warned",
			"passed",
			"aborted",
		]);
		expect(document.received).toHaveLength(10);
		expect(document.received).toContainEqual({
			service: "Slack",
			event: "pipeline_start",
			delivery: expect.stringMatching(/^dlv_[0-9a-f]{32}$/),
			statuses: [503, 200],
			signed: true,
			reads: "▶️ nightly_etl started",
		});
	});

	it("says what went wrong and ends with 1 where a command is missing", async () => {
		const { done, out } = run(registerDemo, ["demo"], { env: { PATH: "/nowhere" } });
		expect(await done).toBe(1);
		expect(out.join("\n")).toMatch(
			/✗ orders-row-count on after_materialize should be delivered and is failed \(.*grep/,
		);
		expect(out.join("\n")).not.toContain("everything ended as it should");
	});

	it("ends with 1 when it is interrupted", async () => {
		const { done, interrupt, out } = run(registerDemo, ["demo"], { env });
		interrupt();
		expect(await done).toBe(1);
		expect(out.join("\n")).not.toContain("everything ended as it should");
	});

	it("leaves nothing behind, or the config where it is asked to", async () => {
		const temporary = mkdtempSync(join(tmpdir(), "demo-test-"));
		vi.stubEnv("TMPDIR", temporary).stubEnv("TEMP", temporary);
		try {
			await run(registerDemo, ["demo", "--json"], { env }).done;
			expect(readdirSync(temporary)).toEqual([]);
			const { done, err } = run(registerDemo, ["demo", "--keep", "--json"], { env });
			await done;
			const [kept = ""] = readdirSync(temporary);
			expect(err).toEqual([`kept: ${join(temporary, kept)}`]);
			const config = readFileSync(join(temporary, kept, ".github/pipeline-hooks.toml"), "utf8");
			expect(config).toBe(configText(process.platform));
		} finally {
			vi.unstubAllEnvs();
			rmSync(temporary, { recursive: true });
		}
	});

	it("says what it needs where there is no temporary folder", async () => {
		vi.stubEnv("TMPDIR", "/nowhere").stubEnv("TEMP", "/nowhere");
		const { done, err } = run(registerDemo, ["demo"], { env });
		expect(await done).toBe(1);
		vi.unstubAllEnvs();
		expect(err.join("\n")).toContain("it needs a temporary folder, which TMPDIR can name");
	});
});

describe("the check at its end", () => {
	it("notices a wrong signature, a lost request and a wrong outcome", async () => {
		const { signal } = new AbortController();
		const { fired, received } = await play({ env, signal, paint: painter(false) }, false, () => {});
		expect(unexpected({ fired, received })).toEqual([]);
		const [first, ...rest] = received;
		if (first === undefined) throw new Error("nothing was received");

		const forged = [{ ...first, signature: "invalid" as const }, ...rest];
		expect(unexpected({ fired, received: forged })).toEqual(["Approvals: signature of pipeline_start invalid"]);
		expect(receiptsOf(forged)[0]).toMatchObject({ service: "Approvals", signed: false });

		expect(unexpected({ fired, received: rest })).toEqual(["11 requests were sent, but 10 were received"]);

		const swapped = fired.map((one, index) => ({ ...one, report: fired.at(index - 1)?.report ?? one.report }));
		expect(unexpected({ fired: swapped, received })).toContain(
			"audit-log on after_materialize should be delivered and is missing",
		);
	});
});

describe.each(["linux", "win32"] as const)("the config on %s", (platform) => {
	it("is a valid one, with every hook that the script expects", () => {
		const config = parseConfig(configText(platform), "pipeline-hooks.toml", "native");
		expect(config.warnings).toEqual([]);
		for (const { event, expected } of SCRIPT) {
			const names = config.hooks.filter((hook) => eventsOf(hook) === event).map(({ name }) => name);
			expect(names.sort()).toEqual(Object.keys(expected).sort());
		}
	});
});
