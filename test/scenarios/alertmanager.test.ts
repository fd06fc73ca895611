// A real Alertmanager, Debian's, holds the alert of a failure and ends it on the success.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { startProgram } from "../helpers/program.ts";
import { workspace } from "../helpers/runner.ts";
import { cli } from "../helpers/send.ts";

const PROGRAM = "/usr/bin/prometheus-alertmanager";
// On CI a missing package is a fault of the setup, not a reason to skip.
const isMissing = !existsSync(PROGRAM) && process.env["CI"] === undefined;

interface Alert {
	readonly labels: Readonly<Record<string, string>>;
	readonly annotations: Readonly<Record<string, string>>;
	readonly status: { readonly state: string };
	readonly generatorURL: string;
}

describe.skipIf(isMissing)("Debian's Alertmanager (needs prometheus-alertmanager)", () => {
	it("holds the alert of a failure until the success of the same pipeline ends it", { timeout: 60_000 }, async () => {
		const url = await startAlertmanager();
		const alerts = async () => {
			const held: readonly Alert[] = JSON.parse(await (await fetch(url)).text());
			return held;
		};
		const fire = (event: string, ...more: readonly string[]) => {
			const config = `[[subscription]]\nevents = ["pipeline_*"]\nurl = "${url}"\npreset = "alertmanager"\nlabels = { team = "data" }\n`;
			return cli(["fire", event, "--pipeline", "nightly", ...more], config);
		};

		expect((await fire("pipeline_error", "--error", 'no "orders" today')).code).toBe(0);
		const [alert, ...others] = await alerts();
		expect(others).toEqual([]);
		expect(alert).toMatchObject({
			labels: { alertname: "pipeline", severity: "error", pipeline: "nightly", team: "data" },
			annotations: { summary: "nightly failed", description: expect.stringContaining('no "orders" today') },
		});
		// Times have whole seconds: a success in the second of its failure would begin with it.
		await sleep(1100);

		expect((await fire("pipeline_complete", "--pipeline", "another")).code).toBe(0);
		expect(await alerts()).toHaveLength(1);

		expect((await fire("pipeline_complete")).code).toBe(0);
		expect(await alerts()).toEqual([]);
	});

	it("refuses an alert that is none, which fails the delivery with its reason", { timeout: 60_000 }, async () => {
		const url = await startAlertmanager();
		const config = `[hook.webhooks.ping]\nurl = "${url}"\npreset = "alertmanager"\nbody_template = '[{"labels": {}}]'\n`;
		const run = await cli(["fire", "ping"], config);
		expect(run.stdout).toContain("400 Bad Request: ");
	});
});

/** The address for alerts of an Alertmanager on a free port of loopback, which ends with the test. */
async function startAlertmanager(): Promise<string> {
	const folder = workspace({ "alertmanager.yml": "route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n" });
	const { ports } = await startProgram(1, ([port]) => {
		const args = [
			`--config.file=${join(folder, "alertmanager.yml")}`,
			`--storage.path=${join(folder, "data")}`,
			`--web.listen-address=127.0.0.1:${port}`,
			"--cluster.listen-address=",
		];
		return { program: PROGRAM, args };
	});
	const url = `http://127.0.0.1:${ports[0]}`;
	await expect.poll(async () => (await fetch(`${url}/-/ready`)).ok, { timeout: 20_000 }).toBe(true);
	return `${url}/api/v2/alerts`;
}
