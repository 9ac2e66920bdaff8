/* planted.h - two files that need each other: what layers.py must find. */
#pragma once

int planted_one(int n);
int planted_two(int n);
