// Takes the README's pictures: renders a page of messages, and photographs each in Chromium, in light and dark.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Chromium } from "./chromium.ts";
import { FOLDER, NAMES, PAGE, PICTURED, pictureOf, renderArgs, THEMES } from "./pictured.ts";

const folder = mkdtempSync(join(tmpdir(), "picture-"));
writeFileSync(join(folder, "pipeline-hooks.toml"), PICTURED.config);
rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER);
const command = resolve("dist/cli/index.js");
execFileSync(process.execPath, [command, ...renderArgs(resolve(PAGE))], { cwd: folder, env: PICTURED.env });
rmSync(folder, { recursive: true });

interface Box {
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly height: number;
}

const chromium = new Chromium();
await chromium.open(pathToFileURL(PAGE).href);
await chromium.send("Emulation.setDeviceMetricsOverride", {
	width: 680,
	height: 800,
	deviceScaleFactor: 2,
	mobile: false,
});
for (const value of THEMES) {
	await chromium.send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value }] });
	for (const name of NAMES) {
		const expression = `(() => {
			const { x, y, width, height } = document.querySelector(".message.${name}").getBoundingClientRect();
			return { x: x + scrollX, y: y + scrollY, width, height };
		})()`;
		const found = await chromium.send<{ readonly result: { readonly value: Box } }>("Runtime.evaluate", {
			expression,
			returnByValue: true,
		});
		const clip = { ...found.result.value, scale: 1 };
		const { data } = await chromium.send<{ readonly data: string }>("Page.captureScreenshot", {
			clip,
			captureBeyondViewport: true,
		});
		writeFileSync(pictureOf(name, value), Buffer.from(data, "base64"));
	}
}
await chromium.close();
