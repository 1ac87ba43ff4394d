# The doors. ARGS goes to pytest in `make test`, e.g. make test ARGS="-k slots".
.PHONY: run test lint format bench ci

run:
	@bin/run

test:
	@bin/test all $(ARGS)

lint:
	@bin/lint

format:
	@bin/format

bench:
	@bin/bench $(ARGS)

ci:
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory test
