from test_chain import *
def dd(a,b,path=""):
    if type(a)!=type(b): print(path,a,b); return
    if isinstance(a,dict):
        for k in sorted(set(a)|set(b)):
            if k not in a: print(path+"/"+k,"ADDED",b[k])
            elif k not in b: print(path+"/"+k,"REMOVED",a[k])
            else: dd(a[k],b[k],path+"/"+k)
    elif isinstance(a,list):
        if len(a)!=len(b): 
            print(path,"LEN", [x for x in a if x not in b],"->", [x for x in b if x not in a])
        else:
            for i,(x,y) in enumerate(zip(a,b)): dd(x,y,path+f"[{i}]")
    elif a!=b: print(path,a,"->",b)
def test_x(town, look, network,outside):
    town.add("neighbour")
    box = town.box("box")
    before = look(box)
    town.add(box, *WEB)
    print("answer", town.answering(outside, HOST4))
    town.remove(box)
    dd(before, look(box))
def test_y(town, look, network,outside):
    town.add("neighbour", *ports("9090:80"))
    box = town.box("box")
    before = look(box)
    town.add(box, *WEB)
    network(lan(bridge="br7", subnets=[[{"subnet": "10.77.0.0/24"}]], ipMasq=False))
    town.remove(box)
    dd(before, look(box))
