"""A stored version read back as the value every floor above knows."""

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from lianbing.banks.encoding import key_from_json, options_from_json, parts_from_json
from lianbing.banks.models import QuestionSource, QuestionVersion
from lianbing.banks.rules import QuestionContent, QuestionType, SourceNote
from lianbing.kernel.ids import QuestionVersionId
from lianbing.subjects.models import AssessmentPoint, AssessmentScope

_Top = aliased(AssessmentScope)
_Middle = aliased(AssessmentScope)


def contents_statement() -> Select[QuestionVersion, str, str, QuestionSource | None]:
    """Versions with point code, top scope code and source; read each row by ``content_of``."""
    top_code = func.coalesce(_Top.code, _Middle.code, AssessmentScope.code)
    return (
        select(QuestionVersion, AssessmentPoint.code, top_code, QuestionSource)
        .join(AssessmentPoint, AssessmentPoint.id == QuestionVersion.point_id)
        .join(AssessmentScope, AssessmentScope.id == AssessmentPoint.scope_id)
        .outerjoin(_Middle, _Middle.id == AssessmentScope.parent_id)
        .outerjoin(_Top, _Top.id == _Middle.parent_id)
        .outerjoin(QuestionSource, QuestionSource.id == QuestionVersion.source_id)
    )


def content_of(
    version: QuestionVersion, point_code: str, scope_code: str, source: QuestionSource | None
) -> QuestionContent:
    """One row of ``contents_statement`` as a value."""
    note = None
    if source is not None:
        note = SourceNote(title=source.title, edition=source.edition, clause=version.clause)
    return QuestionContent(
        version_id=QuestionVersionId(version.id),
        type=QuestionType(version.type),
        stem=version.stem,
        options=options_from_json(version.options),
        key=key_from_json(version.key),
        explanation=version.explanation,
        source=note,
        difficulty=version.difficulty,
        point_code=point_code,
        scope_code=scope_code,
        prompts=tuple(version.prompts),
        parts=parts_from_json(version.parts),
    )
