"""What a trainer types into the editor, and what an attacker would."""

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>{{1}}'

CHOICE = {
    "base_number": "0",
    "point": "A01",
    "grade": "",
    "use": "both",
    "difficulty": "0.4",
    "stem": "安全电压的限值与什么有关",
    "option_a": "环境",
    "option_b": "颜色",
    "option_c": "价格",
    "right": "A",
    "explanation": "潮湿环境限值更低。",
    "source": "law",
    "clause": "第三条",
    "source_kind": "law",
}
FILL = {
    **{name: CHOICE[name] for name in ("base_number", "point", "grade", "use", "difficulty")},
    "stem": "工频为{{1}}赫，外壳接{{2}}。",
    "blank_1-number": "50",
    "blank_1-tolerance": "0.5",
    "blank_1-unit": "Hz",
    "blank_2-accept": "地\r\n大地\r\n",
    "explanation": "我国工频。",
    "source": "+",
    "source_title": "电能质量 电力系统频率偏差",
    "source_edition": "GB/T 15945—2008",
    "source_kind": "standard",
    "clause": "3.1",
}
