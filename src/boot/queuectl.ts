#!/usr/bin/env node
/** The binary. */
import { boot } from "./boot.js";

boot("queuectl");
