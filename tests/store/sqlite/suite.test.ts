import { storeSuite } from "../store-suite.js";
import { openSqliteHarness } from "./harness.js";

storeSuite("SQLite", openSqliteHarness);
