"""Mutations of the registry."""

from typing import Annotated

import strawberry

from ankuan.platform.graphql.context import Information
from ankuan.registry.graphql.import_cases import ImportCasesInput, ImportCasesResult, run_import_cases
from ankuan.registry.graphql.register_case import RegisterCaseInput, RegisterCaseResult, run_register_case
from ankuan.registry.graphql.set_case_status import SetCaseStatusInput, SetCaseStatusResult, run_set_case_status


@strawberry.type
class RegistryMutation:
    """Part of Mutation."""

    @strawberry.mutation(description="Register a case; an enforcement case gets its sub-account at once.")
    async def register_case(
        self,
        info: Information,
        input: Annotated[RegisterCaseInput, strawberry.argument(description="The case.")],  # noqa: A002 - Relay's name
    ) -> RegisterCaseResult:
        """Register a case."""
        return await run_register_case(info, input)

    @strawberry.mutation(description="Register the cases of an uploaded table; every row says what became of it.")
    async def import_cases(
        self,
        info: Information,
        input: Annotated[ImportCasesInput, strawberry.argument(description="The table.")],  # noqa: A002 - Relay's name
    ) -> ImportCasesResult:
        """Import cases."""
        return await run_import_cases(info, input)

    @strawberry.mutation(description="Suspend, close or reopen a case, with the reason.")
    async def set_case_status(
        self,
        info: Information,
        input: Annotated[SetCaseStatusInput, strawberry.argument(description="Which and why.")],  # noqa: A002 - Relay's name
    ) -> SetCaseStatusResult:
        """Change a case's status."""
        return await run_set_case_status(info, input)
