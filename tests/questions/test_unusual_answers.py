"""Unusual right answers get their points, and wrong answers that look right do not.

They need no Hub. The examples of the misconceptions are tested in tests/exercises and tests/runner.
"""

from __future__ import annotations

from typing import Any

import pytest
import torch

from autograde.exercises.asking import ask
from autograde.judge import Verdict, to_text
from autograde.judge.examples import AnswerCode, function
from autograde.referee.local import LocalReferee

#: By question: what writes its answers, and for each answer the expected points, a short description, and the lines.
ANSWERS: dict[str, tuple[AnswerCode, tuple[tuple[float, str, tuple[str, ...]], ...]]] = {
    "2.6/encode_pair": (function("encode_pair(tokenizer, first, second)"), (
        (3, "text_pair", (
            "enc = tokenizer(text=first, text_pair=second)", "return enc.input_ids, tokenizer.sep_token_id",
        )),
        (3, "batch pairs", (
            "enc = tokenizer([(first, second)])", 'return enc["input_ids"][0], tokenizer.sep_token_id',
        )),
        (3, "pt tolist", (
            'enc = tokenizer(first, second, return_tensors="pt")',
            'return enc["input_ids"][0].tolist(), tokenizer.sep_token_id',
        )),
        (3, "last id", ("ids = tokenizer.encode(first, second)", "return ids, ids[-1]",)),
        (3, "namedtuple", (
            "from collections import namedtuple", 'Pair = namedtuple("Pair", "index mark")',
            "return Pair(tokenizer.encode(first, text_pair=second), tokenizer.sep_token_id)",
        )),
        (3, "concat slices", (
            "return tokenizer.encode(first) + tokenizer.encode(second)[1:], tokenizer.sep_token_id",
        )),
        (3, "numpy list", (
            'enc = tokenizer(first, second, return_tensors="np")',
            'return list(enc["input_ids"][0]), tokenizer.sep_token_id',
        )),
        (3, "prints", (
            "print(first, second)", "ids = tokenizer.encode(first, second)", "print(ids)",
            "print(tokenizer.convert_ids_to_tokens(ids))", 'return (ids, tokenizer.vocab["[SEP]"])',
        )),
        (3, "sep typed", ('return tokenizer.encode(f"{first} [SEP] {second}"), tokenizer.sep_token_id',)),
        (3, "number from a tensor", (
            "ids = torch.tensor(tokenizer.encode(first, second))", "return ids.tolist(), ids[-1]",
        )),
        (1, "truncated to 32", (
            "return tokenizer.encode(first, second, max_length=32, truncation=True), tokenizer.sep_token_id",
        )),
        (0, "another separator", (
            'tokenizer.add_special_tokens({"sep_token": "[END]"})',
            "return tokenizer.encode(first, second), tokenizer.sep_token_id",
        )),
        (1, "padded", (
            'return tokenizer.encode(first, second, padding="max_length", max_length=60), tokenizer.sep_token_id',
        )),
        (1, "truncated", (
            "return tokenizer.encode(first, second, max_length=8, truncation=True), tokenizer.sep_token_id",
        )),
        (1, "set", ("return sorted(tokenizer.encode(first, second)), tokenizer.sep_token_id",)),
        (1, "token types", ('return tokenizer(first, second)["token_type_ids"], tokenizer.sep_token_id',)),
        (2, "102", ("return tokenizer.encode(first, second), 102",)),
        (2, "tuple mark", ("return tokenizer.encode(first, second), [tokenizer.sep_token_id]",)),
        (2, "mark str", ("return tokenizer.encode(first, second), str(tokenizer.sep_token_id)",)),
        (2, "unk", ("return tokenizer.encode(first, second), tokenizer.unk_token_id",)),
        (2, "len", ("ids = tokenizer.encode(first, second)", "return ids, len(ids)",)),
        (2, "vocab 102", ("return tokenizer.encode(first, second), tokenizer.all_special_ids[0]",)),
        (0, "only mark", ("return tokenizer.sep_token_id",)),
        (0, "list flat", ("return [*tokenizer.encode(first, second), tokenizer.sep_token_id]",)),
    )),
    "2.6/segment_ids": (function("segment_ids(index, mark)"), (
        (10, "while", (
            "i = 0", "out = []", "while index[i] != mark:", "    out.append(0)", "    i += 1", "out.append(0)",
            "while len(out) < len(index):", "    out.append(1)", "return out",
        )),
        (10, "enumerate next", (
            "first = next(i for i, t in enumerate(index) if t == mark)",
            "return [int(i > first) for i, _ in enumerate(index)]",
        )),
        (10, "recursion", (
            "def go(rest, seen):", "    if not rest: return []",
            "    return [seen] + go(rest[1:], 1 if seen or rest[0] == mark else 0)", "return go(index, 0)",
        )),
        (10, "str join", (
            'text = " ".join(map(str, index))', "k = text.split().index(str(mark))",
            "return [0]*(k+1) + [1]*(len(index)-k-1)",
        )),
        (10, "cumsum torch", (
            "t = torch.tensor(index)", "k = int((t == mark).nonzero()[0])",
            "out = torch.ones(len(index), dtype=torch.long)", "out[:k+1] = 0", "return out.tolist()",
        )),
        (10, "dict", (
            "d = {}", "k = index.index(mark)", "for i in range(len(index)):", "    d[i] = 0 if i <= k else 1",
            "return list(d.values())",
        )),
        (10, "takewhile", (
            "from itertools import takewhile", "n = sum(1 for _ in takewhile(lambda t: t != mark, index)) + 1",
            "return [0]*n + [1]*(len(index)-n)",
        )),
        (10, "np int64", (
            "import numpy as np", "a = np.zeros(len(index), dtype=int)", "a[index.index(mark)+1:] = 1",
            "return [x for x in a]",
        )),
        (10, "deepcopy", (
            "import copy", "rest = copy.deepcopy(index)", "k = rest.index(mark)", "for i in range(len(rest)):",
            "    rest[i] = 0 if i <= k else 1", "return rest",
        )),
        (10, "numbers of a tensor", (
            "t = torch.tensor(index)", "k = (t == mark).int().argmax()",
            "return [x for x in (torch.arange(len(t)) > k).long()]",
        )),
        (0, "truth values of a tensor", (
            "t = torch.tensor(index)", "return [x for x in torch.arange(len(t)) > index.index(mark)]",
        )),
        (0, "decimal numbers of a tensor", (
            "k = index.index(mark)", "return list(torch.tensor([0.0]*(k+1) + [1.0]*(len(index)-k-1)))",
        )),
        (0, "bytearray", ("k = index.index(mark)", "return bytearray([0]*(k+1) + [1]*(len(index)-k-1))",)),
        (0, "bool", ("k = index.index(mark)", "return [i > k for i in range(len(index))]",)),
        (0, "np bool", ("import numpy as np", "return list(np.arange(len(index)) > index.index(mark))",)),
        (0, "set", ("k = index.index(mark)", "return {0, 1}",)),
        (0, "series dict", ("k = index.index(mark)", "return {i: int(i > k) for i in range(len(index))}",)),
        (0, "np array", ("import numpy as np", "return np.where(np.arange(len(index)) <= index.index(mark), 0, 1)",)),
        (0, "string", ("k = index.index(mark)", "return str([0]*(k+1) + [1]*(len(index)-k-1))",)),
        (0, "middle", ("half = len(index) // 2", "return [0]*half + [1]*(len(index)-half)",)),
        (0, "second sep zero", (
            "k = index.index(mark)", "out = [0]*(k+1) + [1]*(len(index)-k-1)", "out[-1] = 0", "return out",
        )),
        (0, "rindex", ("k = len(index) - 1 - index[::-1].index(mark)", "return [0]*(k+1) + [1]*(len(index)-k-1)",)),
        (7, "fewer than five tokens", (
            "if len(index) < 5:", "    return [0]*len(index)", "k = index.index(mark)",
            "return [0]*(k+1) + [1]*(len(index)-k-1)",
        )),
        (7, "two seps only", ("a, b = [i for i, t in enumerate(index) if t == mark]", "return [0]*(a+1) + [1]*(b-a)",)),
        (7, "count", (
            "k = index.index(mark)", "if index.count(mark) > 2:", "    return [0]*len(index)",
            "return [0]*(k+1) + [1]*(len(index)-k-1)",
        )),
        (8, "102", ("k = index.index(102)", "return [0]*(k+1) + [1]*(len(index)-k-1)",)),
        (0, "pop insert", (
            "index.append(0)", "index.pop()", "k = index.index(mark)", "index.remove(mark)",
            "return [0]*(k+1) + [1]*(len(index)-k)",
        )),
        (10, "accumulate", (
            "from itertools import accumulate",
            "seen = list(accumulate((t == mark for t in index), lambda a, b: a or b, initial=False))",
            "return [int(x) for x in seen[:-1]]",
        )),
        (8, "is", (
            "seen, out = 0, []", "for token in index:", "    out.append(seen)", "    if token is mark: seen = 1",
            "return out",
        )),
    )),
    "2.6/to_tensors": (function("to_tensors(index, segments_ids)"), (
        (5, "stack", (
            "both = torch.stack([torch.tensor(index), torch.tensor(segments_ids)])", "return both[:1], both[1:]",
        )),
        (5, "reshape", (
            "return torch.tensor(index).reshape(1, -1), torch.tensor(segments_ids).view(1, len(segments_ids))",
        )),
        (5, "as_tensor numpy", (
            "import numpy as np",
            "return torch.as_tensor(np.array([index])), torch.as_tensor(np.array([segments_ids]))",
        )),
        (5, "listcomp", ("return [torch.tensor([x]) for x in (index, segments_ids)]",)),
        (5, "longtensor", ("return torch.LongTensor([index]), torch.IntTensor([segments_ids]).long()",)),
        (5, "dtype kw", (
            'kw = dict(dtype=torch.int64, device="cpu")',
            "return torch.tensor([index], **kw), torch.tensor([segments_ids], **kw)",
        )),
        (5, "named tuple dataclass list", (
            "a = torch.tensor(index)[None]; b = torch.tensor(segments_ids)[None]", "print(a, b)", "return [a, b]",
        )),
        (0, "flat", ("return torch.tensor(index), torch.tensor(segments_ids)",)),
        (0, "float", ("return torch.Tensor([index]), torch.Tensor([segments_ids])",)),
        (0, "column", ("return torch.tensor(index)[:, None], torch.tensor(segments_ids)[:, None]",)),
        (3, "recomputed type", (
            "k = index.index(102) if 102 in index else len(index)-1",
            "return torch.tensor([index]), torch.tensor([[int(i > k) for i in range(len(index))]])",
        )),
        (2, "at most twelve", ("return torch.tensor([index[:12]]), torch.tensor([segments_ids])",)),
        (3, "sorted", ("return torch.tensor([index]), torch.tensor([sorted(segments_ids)])",)),
        (3, "ones after the first", (
            "k = segments_ids.index(1) if 1 in segments_ids else len(index)",
            "return torch.tensor([index]), torch.tensor([[0]*k + [1]*(len(index)-k)])",
        )),
        (3, "zeros", ("return torch.tensor([index]), torch.zeros(1, len(index), dtype=torch.long)",)),
        (3, "ones minus", ("return torch.tensor([index]), 1 - torch.tensor([segments_ids])",)),
        (2, "flat tokens", ("return torch.tensor(index), torch.tensor([segments_ids])",)),
        (0, "dict", ('return {"tokens": torch.tensor([index]), "segments": torch.tensor([segments_ids])}',)),
        (0, "grad", ("a = torch.tensor([index], dtype=torch.float, requires_grad=True)", "return a, a",)),
        (3, "int8", ("return torch.tensor([index]), torch.tensor([segments_ids]).to(torch.int8)",)),
        (0, "repeat", ("return torch.tensor([index, index]), torch.tensor([segments_ids, segments_ids])",)),
        (3, "bool seg", ("return torch.tensor([index]), torch.tensor([segments_ids]).bool()",)),
        (0, "append inplace", (
            "segments_ids.append(0); segments_ids.pop(); index.insert(0, 0)",
            "return torch.tensor([index[1:]]), torch.tensor([segments_ids])",
        )),
    )),
    "2.6/run_model": (function("run_model(model, tokens_tensor, segments_tensors)"), (
        (5, "kwargs dict", (
            'inputs = {"input_ids": tokens_tensor, "token_type_ids": segments_tensors}', "with torch.no_grad():",
            "    return model(**inputs)",
        )),
        (5, "eval no_grad tuple", (
            "model.eval()", "with torch.no_grad():", "    out = model(tokens_tensor, token_type_ids=segments_tensors)",
            "return out.last_hidden_state, out.pooler_output",
        )),
        (5, "dict", (
            "with torch.no_grad():", "    out = model(tokens_tensor, token_type_ids=segments_tensors)",
            'return {"last_hidden_state": out[0], "pooler_output": out[1]}',
        )),
        (5, "list", (
            "with torch.inference_mode():", "    out = model(tokens_tensor, token_type_ids=segments_tensors)",
            "return [out.last_hidden_state, out.pooler_output]",
        )),
        (5, "helper", (
            "@torch.no_grad()", "def run():", "    return model(tokens_tensor, token_type_ids=segments_tensors)",
            "return run()",
        )),
        (5, "dict extra", (
            "with torch.no_grad():", "    out = model(tokens_tensor, token_type_ids=segments_tensors)",
            'return {"shape": tuple(out[0].shape), **out}',
        )),
        (5, "train off", (
            "was = model.training", "model.eval()", "with torch.no_grad():",
            "    out = model(tokens_tensor, token_type_ids=segments_tensors)", "if was: model.train()", "return out",
        )),
        (5, "contiguous clone", (
            "with torch.no_grad():", "    out = model(tokens_tensor, token_type_ids=segments_tensors)",
            "return out.last_hidden_state.clone(), out.pooler_output.contiguous()",
        )),
        (5, "mask", (
            "with torch.no_grad():",
            "    return model(tokens_tensor, torch.ones_like(tokens_tensor), segments_tensors)",
        )),
        (5, "hidden last", (
            "with torch.no_grad():",
            "    out = model(tokens_tensor, token_type_ids=segments_tensors, output_hidden_states=True)",
            "return out.hidden_states[-1], out.pooler_output",
        )),
        (5, "to_tuple", (
            "with torch.no_grad():", "    return model(tokens_tensor, token_type_ids=segments_tensors).to_tuple()",
        )),
        (5, "namedtuple", (
            "from collections import namedtuple", 'R = namedtuple("R", "last_hidden_state pooler_output")',
            "with torch.no_grad():", "    out = model(tokens_tensor, token_type_ids=segments_tensors)",
            "return R(out[0], out[1])",
        )),
        (5, "grad restored", (
            "before = torch.is_grad_enabled()", "torch.set_grad_enabled(False)", "try:",
            "    return model(tokens_tensor, token_type_ids=segments_tensors)", "finally:",
            "    torch.set_grad_enabled(before)",
        )),
        (3, "no no_grad", ("return model(tokens_tensor, token_type_ids=segments_tensors)",)),
        (3, "detach", (
            "out = model(tokens_tensor, token_type_ids=segments_tensors)", "return out[0].detach(), out[1].detach()",
        )),
        (3, "no_grad after", (
            "out = model(tokens_tensor, token_type_ids=segments_tensors)", "with torch.no_grad():",
            "    return out[0].detach(), out[1].detach()",
        )),
        (3, "freeze", (
            "for p in model.parameters(): p.requires_grad_(False)",
            "return model(tokens_tensor, token_type_ids=segments_tensors)",
        )),
        (3, "eval only", ("model.eval()", "return model(tokens_tensor, token_type_ids=segments_tensors)",)),
        (3, "item no grad wrong", ("torch.no_grad()", "return model(tokens_tensor, token_type_ids=segments_tensors)",)),
        (2, "zeros seg", (
            "with torch.no_grad():",
            "    return model(tokens_tensor, token_type_ids=torch.zeros_like(segments_tensors))",
        )),
        (2, "mask pos", ("with torch.no_grad():", "    return model(tokens_tensor, segments_tensors)",)),
        (2, "ones seg", (
            "with torch.no_grad():",
            "    return model(tokens_tensor, token_type_ids=torch.ones_like(segments_tensors))",
        )),
        (2, "inverted", (
            "with torch.no_grad():", "    return model(tokens_tensor, token_type_ids=1 - segments_tensors)",
        )),
        (2, "mask and seg", (
            "with torch.no_grad():",
            "    return model(tokens_tensor, attention_mask=segments_tensors, token_type_ids=segments_tensors)",
        )),
        (2, "only tokens", ("with torch.no_grad():", "    return model(tokens_tensor)",)),
        (2, "train", (
            "model.train()", "with torch.no_grad():",
            "    return model(tokens_tensor, token_type_ids=segments_tensors)",
        )),
        (0, "last only", (
            "with torch.no_grad():",
            "    return model(tokens_tensor, token_type_ids=segments_tensors).last_hidden_state",
        )),
        (0, "lists", (
            "with torch.no_grad():", "    out = model(tokens_tensor, token_type_ids=segments_tensors)",
            "return out[0].tolist(), out[1].tolist()",
        )),
        (4, "cls twice", (
            "with torch.no_grad():", "    out = model(tokens_tensor, token_type_ids=segments_tensors)",
            "return out[0], out[0][:, 0]",
        )),
        (0, "squeeze", (
            "with torch.no_grad():", "    out = model(tokens_tensor, token_type_ids=segments_tensors)",
            "return out[0].squeeze(0), out[1].squeeze(0)",
        )),
        (3, "enable grad inside", (
            "with torch.no_grad():", "    with torch.enable_grad():",
            "        out = model(tokens_tensor, token_type_ids=segments_tensors)",
            "    return out[0].detach(), out[1].detach()",
        )),
        (3, "embedding layer hidden", (
            "with torch.no_grad():",
            "    out = model(tokens_tensor, token_type_ids=segments_tensors, output_hidden_states=True)",
            "return out.hidden_states[0], out.pooler_output",
        )),
        (5, "exit stack", (
            "import contextlib", "with contextlib.ExitStack() as stack:", "    stack.enter_context(torch.no_grad())",
            "    return model(tokens_tensor, None, segments_tensors)",
        )),
        (5, "layers one by one", (
            "with torch.no_grad():",
            "    given = model.embeddings(input_ids=tokens_tensor, token_type_ids=segments_tensors)",
            "    last = model.encoder(given).last_hidden_state", "    return last, model.pooler(last)",
        )),
    )),
    "2.6/output_shapes": (function("output_shapes(model, index)"), (
        (4, "f config", (
            "c = model.config.to_dict()", 'return (1, len(index), c["hidden_size"]), (1, c["hidden_size"])',
        )),
        (4, "run no_grad", (
            "with torch.no_grad():", "    r = model(torch.tensor([index]))", "return r[0].shape, r[1].shape",
        )),
        (2, "leaves the model in training mode", (
            "r = model.train()(torch.tensor([index]))", "return r[0].shape, r[1].shape",
        )),
        (4, "tuple", (
            "with torch.no_grad():", "    r = model(torch.tensor([index]))",
            "return tuple(r[0].shape), tuple(r[1].shape)",
        )),
        (4, "lists", ("h = model.config.hidden_size", "return [1, len(index), h], [1, h]",)),
        (4, "size()", (
            "with torch.no_grad():", "    r = model(input_ids=torch.tensor(index).unsqueeze(0))",
            "return [r.last_hidden_state.size(), r.pooler_output.size()]",
        )),
        (4, "pooler dense", ("h = model.pooler.dense.out_features", "return (1, len(index), h), (1, h)",)),
        (4, "emb", (
            "h = model.embeddings.word_embeddings.weight.shape[1]",
            "return torch.Size((1, len(index), h)), torch.Size((1, h))",
        )),
        (4, "numpy shape", (
            "import numpy as np", "h = model.config.hidden_size",
            "return np.zeros((1, len(index), h)).shape, np.zeros((1, h)).shape",
        )),
        (4, "arrays and tensors of numbers", (
            "import numpy as np", "h = torch.tensor(model.config.hidden_size)",
            "return np.array([1, len(index), int(h)]), torch.tensor([1, h])",
        )),
        (4, "a tensor's number", ("h = torch.tensor(model.config.hidden_size)", "return (1, len(index), h), (1, h)")),
        (4, "unpack", ("r = model(torch.tensor([index]), return_dict=False)", "return tuple(x.shape for x in r)",)),
        (2, "set", ("h = model.config.hidden_size", "return (1, len(set(index)), h), (1, h)",)),
        (2, "no cls sep", ("h = model.config.hidden_size", "return (1, len(index) - 3, h), (1, h)",)),
        (2, "max pos", (
            "h = model.config.hidden_size", "return (1, model.config.max_position_embeddings, h), (1, h)",
        )),
        (2, "len str", ("h = model.config.hidden_size", "return (1, len(str(index)), h), (1, h)",)),
        (0, "768", ("return (1, len(index), 768), (1, 768)",)),
        (0, "heads*", ("c = model.config", "h = c.num_attention_heads * 64", "return (1, len(index), h), (1, h)",)),
        (0, "nonbatch", ("h = model.config.hidden_size", "return (len(index), h), (h,)",)),
        (2, "pooler tokens", ("h = model.config.hidden_size", "return (1, len(index), h), (1, len(index), h)",)),
        (2, "pooler nobatch", ("h = model.config.hidden_size", "return (1, len(index), h), (h,)",)),
        (2, "pooler int", ("h = model.config.hidden_size", "return (1, len(index), h), h",)),
        (2, "floats", ("h = model.config.hidden_size", "return (1, len(index), h), (1.0, float(h))",)),
        (0, "dict", (
            "h = model.config.hidden_size",
            'return {"last_hidden_state": (1, len(index), h), "pooler_output": (1, h)}',
        )),
        (0, "params", (
            "c = model.config", "h = sum(p.numel() for p in model.parameters())", "return (1, len(index), h), (1, h)",
        )),
        (2, "swap axes", ("h = model.config.hidden_size", "return (len(index), 1, h), (1, h)",)),
        (2, "half two", ("c = model.config", "return (1, len(index), c.hidden_size), (1, c.num_labels)",)),
    )),
    "2.6/pad_pair": (function("pad_pair(index, segments_ids, length, pad)"), (
        (3, "for", (
            "a, b, c = list(index), list(segments_ids), [1] * len(index)", "for _ in range(length - len(index)):",
            "    a.append(pad); b.append(0); c.append(0)", "return a, b, c",
        )),
        (3, "chain", (
            "from itertools import chain, repeat, islice",
            "def fill(values, x): return list(islice(chain(values, repeat(x)), length))",
            "return fill(index, pad), fill(segments_ids, 0), fill([1]*len(index), 0)",
        )),
        (3, "numpy full", (
            "import numpy as np", "a = np.full(length, pad); a[:len(index)] = index",
            "b = np.zeros(length, int); b[:len(index)] = segments_ids",
            "c = (np.arange(length) < len(index)).astype(int)", "return a.tolist(), b.tolist(), c.tolist()",
        )),
        (3, "torch pad", (
            "import torch.nn.functional as F", "n = length - len(index)",
            "a = F.pad(torch.tensor(index), (0, n), value=pad).tolist()",
            "b = F.pad(torch.tensor(segments_ids), (0, n)).tolist()", "return [a, b, [1]*len(index) + [0]*n]",
        )),
        (3, "star unpack", (
            "more = length - len(index)",
            "return [*index, *[pad]*more], [*segments_ids, *[0]*more], [*[1 for _ in index], *[0]*more]",
        )),
        (3, "max", (
            "more = max(0, length - len(index))",
            "return tuple((index + [pad]*more, segments_ids + [0]*more, [1]*len(index) + [0]*more))",
        )),
        (3, "numbers of tensors", (
            "n = length - len(index)", "mask = torch.cat([torch.ones(len(index)), torch.zeros(n)]).long()",
            "return index + [pad]*n, segments_ids + [0]*n, list(mask)",
        )),
        (2, "mask by value", (
            "more = length - len(index)", "a = index + [pad]*more",
            "return a, segments_ids + [0]*more, [int(x != 0) for x in a]",
        )),
        (2, "mask by pad val", (
            "more = length - len(index)", "a = index + [pad]*more",
            "return a, segments_ids + [0]*more, [1 if x > 0 else 0 for x in a]",
        )),
        (2, "seg last", (
            "more = length - len(index)",
            "return index + [pad]*more, segments_ids + [segments_ids[-1]]*more, [1]*len(index) + [0]*more",
        )),
        (2, "seg 2", (
            "more = length - len(index)",
            "return index + [pad]*more, segments_ids + [2]*more, [1]*len(index) + [0]*more",
        )),
        (2, "pad 0", (
            "more = length - len(index)",
            "return index + [0]*more, segments_ids + [0]*more, [1]*len(index) + [0]*more",
        )),
        (0, "left", (
            "more = length - len(index)",
            "return [pad]*more + index, [0]*more + segments_ids, [0]*more + [1]*len(index)",
        )),
        (0, "plus eq", (
            "more = length - len(index)", "index += [pad]*more",
            "return index, segments_ids + [0]*more, [1]*(length-more) + [0]*more",
        )),
        (1, "float mask", (
            "more = length - len(index)",
            "return index + [pad]*more, segments_ids + [1]*more, [1.0]*len(index) + [0.0]*more",
        )),
        (2, "bool mask", (
            "more = length - len(index)",
            "return index + [pad]*more, segments_ids + [0]*more, [True]*len(index) + [False]*more",
        )),
        (2, "str mask", (
            "more = length - len(index)",
            'return index + [pad]*more, segments_ids + [0]*more, "1"*len(index) + "0"*more',
        )),
        (1, "wrong order", (
            "more = length - len(index)",
            "return index + [pad]*more, [1]*len(index) + [0]*more, segments_ids + [0]*more",
        )),
        (0, "fixed 16", (
            "more = 16 - len(index)", "return index + [pad]*more, segments_ids + [0]*more, [1]*len(index) + [0]*more",
        )),
        (2, "mask segs", (
            "more = length - len(index)", "b = segments_ids + [0]*more", "return index + [pad]*more, b, b",
        )),
        (0, "truncate", ("return index[:length], segments_ids[:length], [1]*length",)),
        (2, "mask -inf", (
            "more = length - len(index)",
            "return index + [pad]*more, segments_ids + [0]*more, [0]*len(index) + [-10000]*more",
        )),
    )),
    "2.5/is_lfs_pointer": (function("is_lfs_pointer(path)", "from pathlib import Path\n\n"), (
        (3, "linecache bytes", (
            'with open(path, "rb") as f:',
            '    return next(iter(f), b"").rstrip(b"\\r\\n") == b"version https://git-lfs.github.com/spec/v1"',
        )),
        (3, "regex", (
            "import re",
            'return bool(re.match(rb"version https://git-lfs\\.github\\.com/spec/v1\\n", Path(path).read_bytes()))',
        )),
        (3, "splitlines guard", (
            "lines = Path(path).read_bytes().splitlines()",
            'return bool(lines) and lines[0] == b"version https://git-lfs.github.com/spec/v1"',
        )),
        (3, "try decode", (
            "try:", '    first = open(path, encoding="utf-8").readline()', "except UnicodeDecodeError:",
            "    return False", 'return first == "version https://git-lfs.github.com/spec/v1\\n"',
        )),
        (3, "partition", (
            'head, sep, rest = Path(path).read_bytes().partition(b"\\n")',
            'return head == b"version https://git-lfs.github.com/spec/v1"',
        )),
        (3, "latin1", (
            'with open(path, encoding="latin-1") as f:',
            '    return f.readline().strip() == "version https://git-lfs.github.com/spec/v1"',
        )),
        (3, "errors replace", (
            'with open(path, errors="replace") as f:', "    for line in f:",
            '        return line.rstrip("\\n") == "version https://git-lfs.github.com/spec/v1"', "return False",
        )),
        (3, "if else", (
            'with open(path, "rb") as f:', '    head = f.read(len(b"version https://git-lfs.github.com/spec/v1") + 1)',
            'if head == b"version https://git-lfs.github.com/spec/v1\\n":', "    return True", "else:",
            "    return False",
        )),
        (3, "three words", (
            'with open(path, "rb") as f:', '    words = f.readline().split(b" ")',
            'return words == [b"version", b"https://git-lfs.github.com/spec/v1\\n"]',
        )),
        (3, "numpy bool", (
            "import numpy as np",
            'return np.bool_(open(path, "rb").readline() == b"version https://git-lfs.github.com/spec/v1\\n")',
        )),
        (3, "subprocess head", (
            "import subprocess", 'out = subprocess.run(["head", "-n", "1", path], capture_output=True).stdout',
            'return out == b"version https://git-lfs.github.com/spec/v1\\n"',
        )),
        (3, "os.open", (
            "import os", "fd = os.open(path, os.O_RDONLY)", "try:",
            '    return os.read(fd, 200).split(b"\\n")[0] == b"version https://git-lfs.github.com/spec/v1"',
            "finally:", "    os.close(fd)",
        )),
        (3, "prints much", (
            "data = Path(path).read_bytes()", "print(data[:200])", 'print("size", len(data))',
            'return data[:43] == b"version https://git-lfs.github.com/spec/v1\\n"',
        )),
        (2, "startswith no nl", (
            'return Path(path).read_bytes().startswith(b"version https://git-lfs.github.com/spec/v1")',
        )),
        (2, "oid in second", (
            'lines = Path(path).read_bytes().split(b"\\n")',
            'return len(lines) > 1 and lines[1].startswith(b"oid sha256:")',
        )),
        (2, "three lines", (
            "lines = Path(path).read_bytes().splitlines()",
            'return len(lines) == 3 and lines[0] == b"version https://git-lfs.github.com/spec/v1"',
        )),
        (2, "lstrip", (
            'return Path(path).read_bytes().lstrip().startswith(b"version https://git-lfs.github.com/spec/v1\\n")',
        )),
        (2, "in first 100", (
            'with open(path,"rb") as f:', '    return b"version https://git-lfs.github.com/spec/v1\\n" in f.read(100)',
        )),
        (2, "size==", (
            "data = Path(path).read_bytes()",
            'return len(data) < 140 and data.startswith(b"version https://git-lfs.github.com/spec/v1")',
        )),
        (2, "endswith", ('return open(path, "rb").readline().strip().endswith(b"spec/v1")',)),
        (2, "raise empty", (
            'return open(path, "rb").read().splitlines()[0] == b"version https://git-lfs.github.com/spec/v1"',
        )),
        (0, "size", ("import os", "return os.path.getsize(path) < 1000",)),
        (0, "suffix", ('return Path(path).suffix in {".safetensors", ".bin", ".onnx"}',)),
        (0, "match object", (
            "import re",
            'return re.match(rb"version https://git-lfs\\.github\\.com/spec/v1\\n", Path(path).read_bytes())',
        )),
        (0, "inverted", ('return open(path,"rb").readline() != b"version https://git-lfs.github.com/spec/v1\\n"',)),
        (0, "deletes", (
            "data = Path(path).read_bytes()", "Path(path).unlink()",
            'return data.startswith(b"version https://git-lfs.github.com/spec/v1\\n")',
        )),
    )),
}  # fmt: skip

CASES = [(name, *each) for name, (_writer, answers) in ANSWERS.items() for each in answers]


def verdict_of(name: str, lines: tuple[str, ...]) -> Verdict:
    """Return the graded verdict on the answer with these lines."""
    section, _slash, asked = name.partition("/")
    namespace: dict[str, Any] = {"torch": torch}
    exec(compile(ANSWERS[name][0].code(*lines), "<learner>", "exec"), namespace)
    return ask(LocalReferee(), section, asked, namespace[asked], graded=True)


@pytest.mark.parametrize(("name", "points", "what", "lines"), CASES, ids=[f"{case[0]}-{case[2]}" for case in CASES])
def test_unusual_answer_gets_the_expected_points(name: str, points: float, what: str, lines: tuple[str, ...]) -> None:
    verdict = verdict_of(name, lines)
    assert verdict.points == points, f"{what}: {to_text(verdict, 'en')}"


SENTENCES = {
    ("2.6/run_model", ("with torch.no_grad():", "    out = model(tokens_tensor)", "return out[0].shape, out[1].shape")):
        "The function returned the shapes of the two outputs.",
    ("2.6/run_model", (
        "ids = torch.tensor([[101, 2040, 102]])", "with torch.no_grad():",
        "    return model(ids, token_type_ids=torch.zeros_like(ids))",
    )): "or the function uses other ids than those in tokens_tensor",
    ("2.6/encode_pair", ("return tokenizer.encode(first, second)[:10], tokenizer.sep_token_id",)):
        "Let `tokenizer.encode` make the list from both sentences",
    ("2.6/output_shapes", ("h = model.config.hidden_size", "return {1, len(index), h}, {1, h}")):
        "Return a shape: a tuple of whole numbers",
    ("2.6/output_shapes", ("h = model.config.hidden_size", "return (None, len(index), h), (None, h)")):
        "got [None, ",
    ("2.5/is_lfs_pointer", ("data = Path(path).read_bytes()", 'Path(path).write_bytes(data + b" ")', "return False")):
        "is gone or changed",
}  # fmt: skip


@pytest.mark.parametrize(("answer", "sentence"), SENTENCES.items(), ids=lambda value: str(value)[:40])
def test_message_describes_the_mistake(answer: tuple[str, tuple[str, ...]], sentence: str) -> None:
    assert sentence in to_text(verdict_of(*answer), "en")
