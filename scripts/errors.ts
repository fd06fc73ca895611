// Writes docs/errors.md.
import { writeFileSync } from "node:fs";
import { errorsPage, PAGE } from "./errors-page.ts";

writeFileSync(PAGE, errorsPage());
