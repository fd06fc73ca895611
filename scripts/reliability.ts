// Writes docs/reliability.md, and says which faults have no scenario.
import { writeFileSync } from "node:fs";
import { collectRows, EXEMPT, PAGE, reliabilityPage } from "./reliability-page.ts";

const rows = collectRows();
writeFileSync(PAGE, reliabilityPage(rows));
const missing = [...rows].filter(([number, titles]) => titles.length === 0 && !EXEMPT.has(number));
if (missing.length > 0) process.stderr.write(`no scenario: ${missing.map(([number]) => number).join(", ")}\n`);
