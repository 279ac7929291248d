"""Typed identifiers: plain integers to the database, distinct types to mypy."""

from typing import NewType

OrganisationId = NewType("OrganisationId", int)
PersonId = NewType("PersonId", int)
LoginSessionId = NewType("LoginSessionId", int)
SubjectId = NewType("SubjectId", int)
BankId = NewType("BankId", int)
QuestionId = NewType("QuestionId", int)
QuestionVersionId = NewType("QuestionVersionId", int)
BlueprintId = NewType("BlueprintId", int)
PaperId = NewType("PaperId", int)
ExamId = NewType("ExamId", int)
AttemptId = NewType("AttemptId", int)
ScriptId = NewType("ScriptId", int)
BoardId = NewType("BoardId", int)
ResultListId = NewType("ResultListId", int)
ContestId = NewType("ContestId", int)
EventId = NewType("EventId", int)
RecordId = NewType("RecordId", int)
MaterialId = NewType("MaterialId", int)
ClassId = NewType("ClassId", int)
